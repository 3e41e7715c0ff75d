using System.Runtime.InteropServices;
using LeNetServe.Imaging;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Runtime;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>The images of one request. The memory is read while the request runs and never kept.</summary>
/// <param name="Kind">The meaning of the bytes.</param>
/// <param name="Data">The bytes.</param>
/// <param name="Geometry">The way from an encoded picture to the input; null: as the model declares.</param>
internal readonly record struct InferenceInput(InputKind Kind, ReadOnlyMemory<byte> Data, Geometry? Geometry = null)
{
    /// <summary>
    /// Gets a value indicating whether the images are the model's golden ones. These test images are neither counted nor logged.
    /// </summary>
    public bool IsGolden { get; init; }

    /// <summary>Gets the number of bytes of an image of <paramref name="count"/> values.</summary>
    public int BytesOf(int count) => Kind == InputKind.Floats ? count * sizeof(float) : count;

    /// <summary>Runs a model on pixels or floats.</summary>
    public void Run(ClassifierModel model, Span<float> outputs)
    {
        if (Kind == InputKind.Floats)
            model.RunFloats(Data.Span, outputs);
        else
            model.Run(Data.Span, outputs);
    }

    /// <summary>Shows answers to the version that gave them: to its counters, its drift, and its log of images.</summary>
    /// <param name="version">The version that has run these images.</param>
    /// <param name="rows">Rows of <see cref="Runtime.Models.ModelFacts.RowLength"/> values.</param>
    public void Watch(ServedVersion version, ReadOnlySpan<float> rows)
    {
        if (IsGolden)
            return;
        version.Watch(rows);
        if (version.ImageLog is not { } log)
            return;
        var row = version.Facts.RowLength;
        for (var image = 0; image < rows.Length / row; image++)
            if (log.Draw())
                log.Add(version.Describe(PixelsOf(image, version.Facts.Input.Count), rows.Slice(image * row, row)));
    }

    // Clients of the Open Inference Protocol send pixels as floats.
    private byte[] PixelsOf(int image, int count)
    {
        var data = Data.Span.Slice(image * BytesOf(count), BytesOf(count));
        return Kind == InputKind.Floats
            ? Array.ConvertAll(MemoryMarshal.Cast<byte, float>(data).ToArray(), value => (byte)Math.Clamp(MathF.Round(value), 0, 255))
            : data.ToArray();
    }
}
