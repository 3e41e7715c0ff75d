using Google.Protobuf;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Running;
using LeNetServe.Specs;
using LeNetServe.Tensors;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;
using StoredType = LeNetServe.Tensors.TensorType;

namespace LeNetServe.Exporter.Proof;

/// <summary>
/// A written model in ONNX Runtime. It takes images as data sets store them (N×C×H×W bytes) and converts them to the model's own layout,
/// type and batch.
/// </summary>
internal sealed class ModelUnderTest : IDisposable
{
    private const int OpenBatch = 64;
    private readonly GraphSession session;
    private readonly string inputName;
    private readonly DataType element;
    private readonly long? fixedBatch;
    private readonly bool channelsLast;

    /// <summary>Opens a model.</summary>
    /// <param name="path">The name in messages.</param>
    /// <param name="model">The content.</param>
    /// <param name="optimize">If false, the values between nodes are those of the file.</param>
    /// <exception cref="InvalidDataException">The model does not take images, or ONNX Runtime refuses it.</exception>
    public ModelUnderTest(string path, ModelProto model, bool optimize = true)
    {
        var inputs = OnnxFile.Inputs(model);
        if (inputs is not [var input])
            throw new InvalidDataException($"{path}: {inputs.Count} inputs, expected one");
        var type = Onnx.ValueType.From(input);
        var isBatch = type.Rank == 4 && type.Shape[0].Size != 0 && type.Shape.Skip(1).All(size => size.Size >= 1);
        if (!isBatch || type.Element is not (DataType.Float or DataType.Uint8))
            throw new InvalidDataException($"{path}: input {input.Name} is {type}, expected a batch of images in float32 or uint8");
        inputName = input.Name;
        element = type.Element;
        fixedBatch = type.Shape[0].IsKnown ? type.Shape[0].Size : null;
        channelsLast = type.Shape[1].Size is not (1 or 3) && type.Shape[3].Size is 1 or 3;
        Image = channelsLast
            ? new((int)type.Shape[3].Size, (int)type.Shape[1].Size, (int)type.Shape[2].Size)
            : new((int)type.Shape[1].Size, (int)type.Shape[2].Size, (int)type.Shape[3].Size);
        if ((long)Image.Channels * Image.Height * Image.Width * (fixedBatch ?? 1) is < 1 or > 1 << 26)
            throw new InvalidDataException($"{path}: input {inputName} is {type}, expected images of a possible size");
        try
        {
            session = new(model.ToByteArray(), optimize);
        }
        catch (InferenceException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Gets the shape of one image as C×H×W, also for a file that stores H×W×C.</summary>
    public TensorShape Image { get; }

    /// <summary>Gets the outputs' names.</summary>
    public IReadOnlyList<string> Outputs => session.Outputs;

    /// <summary>Runs over all images and returns the outputs by name, N rows each.</summary>
    /// <param name="pixels">N×C×H×W, 0..255.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public IReadOnlyDictionary<string, float[]> Run(ReadOnlyMemory<byte> pixels, CancellationToken cancellation = default)
    {
        var count = pixels.Length / Image.Count;
        var batch = (int)(fixedBatch ?? OpenBatch);
        var results = Outputs.ToDictionary(name => name, _ => new List<float>(), StringComparer.Ordinal);
        for (var first = 0; first < count; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var images = Math.Min(batch, count - first);
            // Black images fill up a fixed batch; their answers are dropped.
            var run = fixedBatch is null ? images : batch;
            foreach (var (name, tensor) in RunBatch(pixels.Span.Slice(first * Image.Count, images * Image.Count), run))
            {
                var values = tensor.ToSingles();
                results[name].AddRange(values.AsSpan(0, values.Length / run * images));
            }
        }
        return results.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Returns probabilities for all images: the model's, else the softmax of its logits, else its only output.</summary>
    public float[] Probabilities(ReadOnlyMemory<byte> pixels, CancellationToken cancellation = default) =>
        Probabilities(Run(pixels, cancellation), pixels.Length / Image.Count);

    /// <summary>Returns probabilities from outputs that <see cref="Run"/> returned for that many images.</summary>
    public static float[] Probabilities(IReadOnlyDictionary<string, float[]> outputs, int images)
    {
        if (outputs.TryGetValue(TensorNames.Probabilities, out var probabilities))
            return probabilities;
        if (!outputs.TryGetValue(TensorNames.Logits, out var logits))
            return outputs.Values.First();
        var classes = logits.Length / images;
        var result = (float[])logits.Clone();
        for (var row = 0; row < result.Length; row += classes)
            Runtime.Predictions.TopK.Softmax(result.AsSpan(row, classes));
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    private IReadOnlyDictionary<string, StoredTensor> RunBatch(ReadOnlySpan<byte> images, int run)
    {
        var buffer = new byte[run * Image.Count];
        Fill(images, buffer);
        int[] shape = channelsLast ? [run, Image.Height, Image.Width, Image.Channels] : [run, Image.Channels, Image.Height, Image.Width];
        var input = element == DataType.Uint8
            ? new StoredTensor(StoredType.U8, shape, buffer)
            : StoredTensor.From(Array.ConvertAll(buffer, pixel => (float)pixel), shape);
        try
        {
            return session.Run(new Dictionary<string, StoredTensor> { [inputName] = input });
        }
        catch (InferenceException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private void Fill(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (!channelsLast)
        {
            source.CopyTo(target);
            return;
        }
        var area = Image.Height * Image.Width;
        for (var index = 0; index < source.Length; index++)
        {
            var first = index / Image.Count * Image.Count;
            var channel = index / area % Image.Channels;
            target[first + index % area * Image.Channels + channel] = source[index];
        }
    }
}
