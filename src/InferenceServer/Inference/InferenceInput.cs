using LeNetServe.Imaging;
using LeNetServe.Runtime;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>The images of one request. The memory is read while the request runs and never kept.</summary>
/// <param name="Kind">The meaning of the bytes.</param>
/// <param name="Data">The bytes.</param>
/// <param name="Geometry">The way from an encoded picture to the input; null: as the model declares.</param>
internal readonly record struct InferenceInput(InputKind Kind, ReadOnlyMemory<byte> Data, Geometry? Geometry = null)
{
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
}
