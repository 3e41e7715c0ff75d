using Google.Protobuf;
using LeNetServe.Onnx;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Tensors;

namespace LeNetServe.Runtime.Running;

/// <summary>
/// Reads the values inside a model: a second session of the same file, on the CPU, in which inner tensors are outputs. Any number of
/// threads may call it at the same time.
/// </summary>
public sealed class LayerReader : IDisposable
{
    private static readonly int[] Floats = [(int)Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, 10];

    private readonly GraphSession session;
    private readonly ModelFacts facts;

    private LayerReader(GraphSession session, ModelFacts facts, IReadOnlyList<string> names)
    {
        this.session = session;
        this.facts = facts;
        Names = names;
        var layers = facts.Manifest?.Spec.Layers.Select(layer => layer.Name).ToHashSet() ?? [];
        Layers = [.. names.Where(layers.Contains)];
    }

    /// <summary>Gets the names of all tensors that can be read, in the order of the graph.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Gets the names of those that are layers in the manifest; empty for a foreign model.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>Opens the session.</summary>
    /// <exception cref="InferenceException">The file is another one now, or ONNX Runtime cannot open it with more outputs.</exception>
    internal static LayerReader Open(string path, ModelContent content, ModelFacts facts)
    {
        if (content.Sha256 != facts.Sha256)
            throw new InferenceException(
                InferenceErrorKind.InvalidModel, $"{path} has SHA-256 {content.Sha256} now, expected {facts.Sha256}");
        var model = ModelContent.Parse(content.Bytes);
        string[] names = [.. model.Graph.Node.SelectMany(node => node.Output).Where(name => name != "" && name != facts.OutputName)];
        var session = WithOutputs(model, names);
        // Tensors of integers, as in a quantized model, are not values of a layer.
        string[] floats = [.. names.Where(name => session.OutputTypes.TryGetValue(name, out var type) && Floats.Contains(type.Element))];
        if (floats.Length == names.Length)
            return new(session, facts, names);
        session.Dispose();
        return new(WithOutputs(model, floats), facts, floats);
    }

    /// <summary>Runs one image. Returns every tensor of <see cref="Names"/>, without the dimension of the batch.</summary>
    /// <param name="pixels">C×H×W, 0..255.</param>
    public IReadOnlyDictionary<string, StoredTensor> Read(ReadOnlySpan<byte> pixels)
    {
        var (channels, height, width) = facts.Input;
        int[] shape = facts.Layout == TensorLayout.Nchw ? [1, channels, height, width] : [1, height, width, channels];
        StoredTensor input;
        if (facts.InputType == TensorType.U8)
        {
            var bytes = new byte[pixels.Length];
            PixelConversion.ToBytes(pixels, bytes, facts);
            input = new(TensorType.U8, shape, bytes);
        }
        else
        {
            var values = new float[pixels.Length];
            PixelConversion.ToSingles(pixels, values, facts);
            input = StoredTensor.From(values, shape);
        }
        var outputs = session.Run(new Dictionary<string, StoredTensor> { [facts.InputName] = input });
        return Names.ToDictionary(name => name, name => WithoutBatch(outputs[name]));
    }

    /// <summary>Closes the session. All calls must have ended.</summary>
    public void Dispose() => session.Dispose();

    private static GraphSession WithOutputs(ModelProto model, IEnumerable<string> names)
    {
        var copy = model.Clone();
        copy.Graph.Output.Add(names.Select(name => new ValueInfoProto { Name = name }));
        return new(copy.ToByteArray());
    }

    private static StoredTensor WithoutBatch(StoredTensor tensor) =>
        tensor.Shape is [1, ..] ? new(tensor.Type, tensor.Shape[1..], tensor.Data) : tensor;
}
