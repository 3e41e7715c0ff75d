using System.Text.Json.Serialization;

namespace LeNetServe.Specs;

/// <summary>
/// A whole network as data: input shape, classes and a list of layer records. Everything else (torch modules, ONNX nodes, counts) is
/// derived from it.
/// </summary>
public sealed record LeNetSpec
{
    /// <summary>The variant's name, such as <c>lenet5-bn</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Shape of one image, C×H×W.</summary>
    public required TensorShape Input { get; init; }

    /// <summary>Number of classes; the network's last layer gives one value for each.</summary>
    public required int Classes { get; init; }

    /// <summary>The layers in the order in which they are applied; the last is a softmax.</summary>
    public required IReadOnlyList<LayerSpec> Layers { get; init; }

    /// <summary>Values that training changes.</summary>
    [JsonIgnore]
    public int TrainableParameters => Trace().Sum(row => row.TrainableParameters);

    /// <summary>Connections as LeCun counts them.</summary>
    [JsonIgnore]
    public long Connections => Trace().Sum(row => row.Connections);

    /// <summary>Multiplications by a weight in one forward pass of one example.</summary>
    [JsonIgnore]
    public long MultiplyAdds => Trace().Sum(row => row.MultiplyAdds);

    /// <summary>Every layer with the shapes that enter and leave it.</summary>
    /// <exception cref="SpecException">The layers do not chain; the message names the first that does not fit.</exception>
    public IReadOnlyList<LayerShape> Trace()
    {
        if (Input is not { Channels: > 0, Height: > 0, Width: > 0 })
            throw new SpecException(
                $"input is {Input.Channels}×{Input.Height}×{Input.Width}, expected positive channels, height and width");
        if (Layers.Count == 0 || Layers[^1] is not SoftmaxSpec)
            throw new SpecException($"the last layer is {(Layers.Count == 0 ? "missing" : Layers[^1].Name)}, expected a softmax");

        var rows = new List<LayerShape>(Layers.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var shape = Input;
        for (var index = 0; index < Layers.Count; index++)
        {
            var layer = Layers[index];
            CheckPlace(layer, index, names);
            var output = layer.OutputShape(shape);
            rows.Add(new(layer, shape, output));
            shape = output;
        }
        return shape == TensorShape.Vector(Classes)
            ? rows
            : throw new SpecException($"layer {Layers[^1].Name} gives {shape} values, expected one for each of the {Classes} classes");
    }

    private void CheckPlace(LayerSpec layer, int index, HashSet<string> names)
    {
        if (string.IsNullOrWhiteSpace(layer.Name) || layer.Name.AsSpan().ContainsAny('.', '/', ' '))
            throw new SpecException($"layer {index}: name is \"{layer.Name}\", expected a word without '.', '/' and spaces");
        if (!names.Add(layer.Name))
            throw new SpecException($"layer {layer.Name} occurs twice, expected unique names");
        if (layer is SoftmaxSpec && index != Layers.Count - 1)
            throw new SpecException(
                $"layer {layer.Name} is a softmax at place {index + 1} of {Layers.Count}, expected only the last layer to be one");
        if (layer is BatchNormSpec && (index == 0 || Layers[index - 1] is not (ConvolutionSpec or DenseSpec)))
            throw new SpecException(
                $"layer {layer.Name} is a batch norm that follows {(index == 0 ? "the input" : Layers[index - 1].Name)}, "
                + "expected a convolution or a dense layer before it");
    }
}
