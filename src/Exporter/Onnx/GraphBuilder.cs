using LeNetServe.Specs;
using DataType = LeNetServe.Exporter.Onnx.TensorProto.Types.DataType;
using Size = LeNetServe.Exporter.Onnx.TensorShapeProto.Types.Dimension;

namespace LeNetServe.Exporter.Onnx;

/// <summary>A graph while it is written: a chain of nodes with an end.</summary>
internal sealed class GraphBuilder
{
    private readonly HashSet<string> reserved = [TensorNames.Pixels, TensorNames.Probabilities, TensorNames.Logits];
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
