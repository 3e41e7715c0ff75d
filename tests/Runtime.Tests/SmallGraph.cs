using Google.Protobuf;
using LeNetServe.Onnx;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Tests;

/// <summary>Writes graphs of one node that keeps the values of <c>pixels</c>.</summary>
internal static class SmallGraph
{
    /// <summary>Creates a graph whose output has the type and shape of its input: sizes, names, or empty texts.</summary>
    public static byte[] Identity(DataType type, params string[] shape) => Write(type, shape, "Identity", shape);

    /// <summary>Creates a graph of floats whose output has another shape.</summary>
    public static byte[] Reshaped(string[] from, params string[] to)
    {
        var sizes = new TensorProto { Name = "sizes", DataType = (int)DataType.Int64, Dims = { to.Length } };
        sizes.Int64Data.Add(to.Select(long.Parse));
        return Write(DataType.Float, from, "Reshape", to, sizes);
    }

    private static byte[] Write(DataType type, string[] from, string operation, string[] to, params TensorProto[] constants)
    {
        var node = new NodeProto { OpType = operation, Input = { "pixels" }, Output = { "output" } };
        node.Input.Add(constants.Select(constant => constant.Name));
        var graph = new GraphProto
        {
            Name = "small",
            Node = { node },
            Input = { Value("pixels", type, from) },
            Output = { Value("output", type, to) },
            Initializer = { constants },
        };
        return new ModelProto { IrVersion = 7, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 13 } } }
            .ToByteArray();
    }

    private static ValueInfoProto Value(string name, DataType type, string[] shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(shape.Select(text => long.TryParse(text, out var size) ? new TensorShapeProto.Types.Dimension { DimValue = size }
            : text == "" ? new() : new() { DimParam = text }));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)type, Shape = dimensions } } };
    }
}
