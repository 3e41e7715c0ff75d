using LeNetServe.Specs;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;
using Size = LeNetServe.Onnx.TensorShapeProto.Types.Dimension;

namespace LeNetServe.Exporter.Onnx;

/// <summary>A graph while it is written: a chain of nodes with an end.</summary>
internal sealed class GraphBuilder
{
    private readonly HashSet<string> reserved =
        [TensorNames.Pixels, TensorNames.Probabilities, TensorNames.Logits, TensorNames.Gradient, TensorNames.Novelty];
    private readonly int? batch;

    /// <param name="name">The graph's name.</param>
    /// <param name="type">Type of weights and arithmetic.</param>
    /// <param name="batch">Images per run; null: any number.</param>
    public GraphBuilder(string name, DataType type, int? batch)
    {
        Graph = new() { Name = name };
        Type = type;
        this.batch = batch;
    }

    /// <summary>The graph so far.</summary>
    public GraphProto Graph { get; }

    /// <summary>Type of weights and arithmetic.</summary>
    public DataType Type { get; }

    /// <summary>The tensor at the end of the chain.</summary>
    public string Value { get; private set; } = TensorNames.Pixels;

    /// <summary>Its element type.</summary>
    public DataType ValueType { get; private set; }

    /// <summary>Its dimensions, without the batch.</summary>
    public IReadOnlyList<long> Shape { get; private set; } = [];

    /// <summary>The end of the chain.</summary>
    public GraphTensor End => new(Value, Shape);

    /// <summary>Operator set of the file.</summary>
    public required int Opset { get; init; }

    /// <summary>True if the gradient follows: layers then keep what it needs.</summary>
    public required bool HasGradient { get; init; }

    /// <summary>Starts a chain of floats at an earlier tensor.</summary>
    public void Continue(GraphTensor tensor)
    {
        Value = tensor.Name;
        Shape = tensor.Shape;
        ValueType = Type;
    }

    /// <summary>Declares the input and starts the chain there.</summary>
    public void Input(DataType type, IReadOnlyList<long> shape, IReadOnlyList<string> denotations)
    {
        var input = Declare(TensorNames.Pixels, type, shape);
        input.Type.Denotation = "IMAGE";
        for (var index = 0; index < denotations.Count; index++)
            input.Type.TensorType.Shape.Dim[index].Denotation = denotations[index];
        Graph.Input.Add(input);
        ValueType = type;
        Shape = shape;
    }

    /// <summary>Makes the end of the chain an output of that name, in float32.</summary>
    public void Output(string name)
    {
        if (ValueType != DataType.Float)
            Cast($"{name}.cast", DataType.Float);
        Graph.Node[^1].Output[0] = name;
        Value = name;
        // An output is declared as such; a value_info of the same name would declare it twice.
        Graph.ValueInfo.RemoveAt(Graph.ValueInfo.Count - 1);
        Graph.Output.Add(Declare(name, ValueType, Shape));
    }

    /// <summary>Makes tensors outputs under their own names, unless they are outputs already.</summary>
    public void Output(IEnumerable<string> tensors)
    {
        var wanted = tensors.ToHashSet(StringComparer.Ordinal);
        foreach (var value in Graph.ValueInfo.Where(value => wanted.Contains(value.Name)).ToList())
        {
            Graph.ValueInfo.Remove(value);
            Graph.Output.Add(value);
        }
    }

    /// <summary>Changes the element type.</summary>
    public void Cast(string name, DataType type) => Append("Cast", name, Shape, type: type).AddInt("to", (long)type);

    /// <summary>Adds a node that takes the end of the chain (and constants) and becomes its end.</summary>
    /// <param name="operation">The operator.</param>
    /// <param name="name">Name of the node and, unless it is taken, of its output.</param>
    /// <param name="shape">The output's dimensions, without the batch.</param>
    /// <param name="constants">The node's further inputs.</param>
    /// <param name="type">The output's element type; null: as the input's.</param>
    /// <param name="from">An earlier tensor of the chain to take instead of its end; null: its end.</param>
    public NodeProto Append(
        string operation,
        string name,
        IReadOnlyList<long> shape,
        IReadOnlyList<string>? constants = null,
        DataType? type = null,
        string? from = null)
    {
        var output = reserved.Contains(name) ? $"{name}.value" : name;
        var node = new NodeProto { Name = name, OpType = operation };
        node.Input.Add(from ?? Value);
        node.Input.AddRange(constants ?? []);
        node.Output.Add(output);
        Graph.Node.Add(node);
        Value = output;
        ValueType = type ?? ValueType;
        Shape = shape;
        Graph.ValueInfo.Add(Declare(Value, ValueType, Shape));
        return node;
    }

    /// <summary>Adds a constant of the graph's number format.</summary>
    public string Constant(string name, ReadOnlySpan<double> values, params long[] shape)
    {
        Graph.Initializer.Add(Type == DataType.Float16
            ? TensorData.HalfTensor(name, values, shape)
            : TensorData.FloatTensor(name, values, shape));
        return name;
    }

    /// <summary>Adds a constant of 64-bit integers: a shape or a list of axes.</summary>
    public string Constant(string name, ReadOnlySpan<long> values)
    {
        Graph.Initializer.Add(TensorData.Int64Tensor(name, values));
        return name;
    }

    /// <summary>Adds a dense layer, with weights out×in as torch stores them.</summary>
    public void Gemm(string name, double[] weight, double[] bias)
    {
        Flatten(name);
        var constants = new[]
        {
            Constant($"{name}.weight", weight, bias.Length, weight.Length / bias.Length),
            Constant($"{name}.bias", bias, bias.Length),
        };
        Append("Gemm", name, [bias.Length], constants).AddInt("transB", 1);
    }

    /// <summary>Adds the gradient of a convolution by its input: a transposed convolution with the same weights.</summary>
    /// <param name="row">The convolution.</param>
    /// <param name="weight">The constant with its weights.</param>
    /// <param name="size">Side of its windows.</param>
    /// <param name="stride">Pixels from one window to the next.</param>
    /// <param name="padding">Zeros around its input.</param>
    /// <param name="groups">Number of its groups.</param>
    public void TransposedConvolution(LayerShape row, string weight, int size, int stride, int padding, int groups)
    {
        var input = row.Input;
        var node = Append("ConvTranspose", $"{row.Layer.Name}.gradient", [input.Channels, input.Height, input.Width], [weight])
            .AddInts("dilations", 1, 1)
            .AddInt("group", groups)
            .AddWindows(size, stride, padding);
        // Pixels that the last window leaves out.
        var below = (input.Height + 2 * padding - size) % stride;
        var right = (input.Width + 2 * padding - size) % stride;
        if (below + right > 0)
            node.AddInts("output_padding", below, right);
    }

    /// <summary>Brings the chain to a shape of the same number of values.</summary>
    public void Match(string name, IReadOnlyList<long> shape)
    {
        if (shape.Count == 1)
            Flatten(name);
        else
            Unflatten(name, new((int)shape[0], (int)shape[1], (int)shape[2]));
    }

    /// <summary>Adds a node beside the chain and gives its output, whose name is the node's.</summary>
    public string Add(string operation, string name, params ReadOnlySpan<string> inputs)
    {
        var end = End;
        Append(operation, name, [], [.. inputs[1..]], from: inputs[0]);
        Graph.ValueInfo.RemoveAt(Graph.ValueInfo.Count - 1);
        Continue(end);
        return name;
    }

    /// <summary>Brings the chain to N×values, as dense layers take it.</summary>
    public void Flatten(string layer)
    {
        if (Shape.Count > 1)
            Append("Flatten", $"{layer}.flatten", [Shape.Aggregate(1L, (product, dimension) => product * dimension)]).AddInt("axis", 1);
    }

    /// <summary>Brings the chain to N×C×H×W, as layers on maps take it.</summary>
    public void Unflatten(string layer, TensorShape shape)
    {
        if (Shape.Count == 1)
            Append("Reshape", $"{layer}.maps", [shape.Channels, shape.Height, shape.Width],
                [Constant($"{layer}.maps_shape", [BatchSize, shape.Channels, shape.Height, shape.Width])]);
    }

    /// <summary>Size of the batch as a Reshape wants it: −1 if it is open.</summary>
    public long BatchSize => batch ?? -1;

    private ValueInfoProto Declare(string name, DataType type, IReadOnlyList<long> shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(batch is { } size ? new Size { DimValue = size } : new Size { DimParam = TensorNames.Batch });
        foreach (var dimension in shape)
            dimensions.Dim.Add(new Size { DimValue = dimension });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)type, Shape = dimensions } } };
    }
}
