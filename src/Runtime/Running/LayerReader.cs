using Google.Protobuf;
using LeNetServe.Onnx;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Tensors;

namespace LeNetServe.Runtime.Running;

/// <summary>
/// Reads the values inside a model: more sessions of the same file, on the CPU, in which inner tensors are outputs. Any number of
/// threads may call it at the same time.
/// </summary>
public sealed class LayerReader : IDisposable
{
    private static readonly int[] Floats = [(int)Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, 10];

    private readonly GraphSession all;
    private readonly GraphSession layersAlone;
    private readonly GraphSession withGradient;
    private readonly ModelFacts facts;

    private LayerReader(GraphSession all, ModelProto model, ModelFacts facts, IReadOnlyList<string> names)
    {
        this.all = all;
        this.facts = facts;
        Names = names;
        var layers = facts.Manifest?.Spec.Layers.Select(layer => layer.Name).ToHashSet();
        Layers = layers is not null ? [.. names.Where(layers.Contains)] : ForeignLayers.Of(model.Graph, all.OutputTypes
            .Where(type => names.Contains(type.Key)).ToDictionary(type => type.Key, type => type.Value.Dimensions));
        // ONNX Runtime computes every node, also for outputs that a run does not ask for, and does not fuse a node that makes an output.
        // Without the nodes of the gradient, the layers of lenet5-1998 take half the time.
        layersAlone = Layers.Count == 0 ? all : Open(model, [.. Layers]);
        withGradient = facts.HasGradient ? Open(model, [.. Layers, ModelFacts.Gradient]) : all;
    }

    /// <summary>Gets the names of all tensors that can be read: the computed ones in the order of the graph, then the weights.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Gets the names of those that are layers in the manifest; of a foreign model, the ends of its layers, 12 at most.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>Opens the session.</summary>
    /// <exception cref="InferenceException">The file is another one now, or ONNX Runtime cannot open it with more outputs.</exception>
    internal static LayerReader Open(string path, ModelContent content, ModelFacts facts)
    {
        if (content.Sha256 != facts.Sha256)
            throw new InferenceException(
                InferenceErrorKind.InvalidModel, $"{path} has SHA-256 {content.Sha256} now, expected {facts.Sha256}");
        var model = content.Model;
        string[] names =
        [
            .. model.Graph.Node.SelectMany(node => node.Output).Concat(model.Graph.Initializer.Select(tensor => tensor.Name))
                .Where(name => name != "" && name != facts.OutputName),
        ];
        var all = new GraphSession(PrunedGraph.WithOutputs(model, names).ToByteArray());
        // Tensors of integers, as in a quantized model, are not values of a layer.
        var types = all.OutputTypes;
        return new(all, model, facts, [.. names.Where(name => types.TryGetValue(name, out var type) && Floats.Contains(type.Element))]);
    }

    /// <summary>Runs one image and reads some tensors, without the dimension of the batch.</summary>
    /// <param name="pixels">C×H×W, 0..255.</param>
    /// <param name="names">Some of <see cref="Names"/>.</param>
    public IReadOnlyDictionary<string, StoredTensor> Read(ReadOnlySpan<byte> pixels, IReadOnlyCollection<string> names) =>
        Run(names.All(Layers.Contains) ? layersAlone : all, pixels, names)
            .ToDictionary(value => value.Key, value => WithoutBatch(value.Value));

    /// <summary>Runs one image and reads some tensors and the gradient, H×W: the sum of the gradients by a pixel's channels.</summary>
    /// <inheritdoc cref="Read" path="/param"/>
    public (IReadOnlyDictionary<string, StoredTensor> Values, float[] Gradient) ReadWithGradient(
        ReadOnlySpan<byte> pixels, IReadOnlyCollection<string> names)
    {
        var values = Run(names.All(Layers.Contains) ? withGradient : all, pixels, [.. names, ModelFacts.Gradient]);
        var gradient = SumChannels(values[ModelFacts.Gradient].ToSingles());
        return (values.ToDictionary(value => value.Key, value => WithoutBatch(value.Value)), gradient);
    }

    /// <summary>Closes the sessions. All calls must have ended.</summary>
    public void Dispose()
    {
        all.Dispose();
        layersAlone.Dispose();
        withGradient.Dispose();
    }

    private static GraphSession Open(ModelProto model, string[] outputs) =>
        new(PrunedGraph.Of(PrunedGraph.WithOutputs(model, outputs), outputs).ToByteArray());

    private static StoredTensor WithoutBatch(StoredTensor tensor) =>
        tensor.Shape is [1, _, ..] ? new(tensor.Type, tensor.Shape[1..], tensor.Data) : tensor;

    private IReadOnlyDictionary<string, StoredTensor> Run(
        GraphSession session, ReadOnlySpan<byte> pixels, IReadOnlyCollection<string> names)
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
        return session.Run(new Dictionary<string, StoredTensor> { [facts.InputName] = input }, names);
    }

    private float[] SumChannels(float[] gradient)
    {
        var (channels, height, width) = facts.Input;
        var sums = new float[height * width];
        for (var index = 0; index < gradient.Length; index++)
            sums[facts.Layout == TensorLayout.Nchw ? index % sums.Length : index / channels] += gradient[index];
        return sums;
    }
}
