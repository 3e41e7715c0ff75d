using Google.Protobuf;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Running;
using LeNetServe.Specs;
using LeNetServe.Tensors;
using DataType = LeNetServe.Exporter.Onnx.TensorProto.Types.DataType;
using StoredType = LeNetServe.Tensors.TensorType;

namespace LeNetServe.Exporter.Proof;

/// <summary>A written model in ONNX Runtime that takes images as data sets store them (N×C×H×W bytes), whatever its own layout, type and batch.</summary>
internal sealed class ModelUnderTest : IDisposable
{
    private const int OpenBatch = 64;
    private readonly GraphSession session;
    private readonly string inputName;
    private readonly DataType element;
    private readonly long? fixedBatch;
    private readonly bool channelsLast;

    /// <summary>Opens a model.</summary>
    /// <param name="path">Where it comes from, for messages.</param>
    /// <param name="model">Its content.</param>
    /// <param name="optimize">Off: values between nodes are as in the file.</param>
    /// <exception cref="InvalidDataException">It takes no images, or ONNX Runtime refuses it.</exception>
    public ModelUnderTest(string path, ModelProto model, bool optimize = true)
    {
        var constants = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var inputs = model.Graph.Input.Where(input => !constants.Contains(input.Name)).ToList();
        if (inputs.Count != 1)
            throw new InvalidDataException($"{path}: {inputs.Count} inputs ({string.Join(", ", inputs.Select(input => input.Name))}), expected one");
        var type = Onnx.ValueType.From(inputs[0]);
        if (type.Rank != 4 || type.Element is not (DataType.Float or DataType.Uint8) || type.Shape.Skip(1).Any(size => size.Size < 1) || type.Shape[0].Size == 0)
            throw new InvalidDataException($"{path}: input {inputs[0].Name} is {type}, expected a batch of images in float32 or uint8");
        (inputName, element) = (inputs[0].Name, type.Element);
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

    /// <summary>Shape of one image, C×H×W, whatever the layout in the file.</summary>
    public TensorShape Image { get; }

    /// <summary>The outputs' names.</summary>
    public IReadOnlyList<string> Outputs => session.Outputs;

    /// <summary>Runs over all images and gives the outputs by name, N rows each.</summary>
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
            // A fixed batch is filled up with black images whose answers are dropped.
            var run = fixedBatch is null ? images : batch;
            foreach (var (name, tensor) in RunBatch(pixels.Span.Slice(first * Image.Count, images * Image.Count), run))
            {
                var values = tensor.ToSingles();
                results[name].AddRange(values.AsSpan(0, values.Length / run * images));
            }
        }
        return results.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Probabilities for all images; where the model has none, the softmax of its logits, else its only output.</summary>
    public float[] Probabilities(ReadOnlyMemory<byte> pixels, CancellationToken cancellation = default) =>
        Probabilities(Run(pixels, cancellation), pixels.Length / Image.Count);

    /// <summary>The same from outputs that <see cref="Run"/> gave for that many images.</summary>
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
            var (number, channel, pixel) = (index / Image.Count, index / area % Image.Channels, index % area);
            target[number * Image.Count + pixel * Image.Channels + channel] = source[index];
        }
    }
}
