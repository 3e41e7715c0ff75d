using System.Numerics;
using System.Runtime.InteropServices;
using LeNetServe.Onnx;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Runtime.Models;

/// <summary>The tensors of an ONNX model.</summary>
internal static class OnnxTensors
{
    /// <summary>Lists all tensors: weights, constants of nodes, and those of inner graphs and functions.</summary>
    public static IEnumerable<TensorProto> Of(ModelProto model) => Named(model).Select(tensor => tensor.Tensor);

    /// <summary>Lists all tensors with their names. One without a name has that of the first output of its node.</summary>
    public static IEnumerable<(string Name, TensorProto Tensor)> Named(ModelProto model) =>
        [.. Of(model.Graph), .. model.Functions.SelectMany(function => function.Node).SelectMany(Of)];

    /// <summary>
    /// Finds a value that a weight cannot have: NaN, or an infinite one among several. A single infinite value may be a bound, such as
    /// Clip's. A value of 64 bits beyond the range of 32 becomes infinite in a graph that computes in 32 bits.
    /// </summary>
    public static (long Index, double Value)? FindBadValue(TensorProto tensor)
    {
        var raw = tensor.RawData.Span;
        var bad = (DataType)tensor.DataType switch
        {
            DataType.Float when tensor.HasRawData => Find(MemoryMarshal.Cast<byte, float>(raw)),
            DataType.Float16 when tensor.HasRawData => Find(MemoryMarshal.Cast<byte, Half>(raw)),
            DataType.Bfloat16 when tensor.HasRawData => Find<float>([.. MemoryMarshal.Cast<byte, ushort>(raw).ToArray().Select(Brain)]),
            DataType.Double when tensor.HasRawData => Find(MemoryMarshal.Cast<byte, double>(raw)),
            // Numbers of 16 bits without raw data are the low bits of integers.
            DataType.Float16 => Find<Half>([.. tensor.Int32Data.Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits))]),
            DataType.Bfloat16 => Find<float>([.. tensor.Int32Data.Select(bits => Brain((ushort)bits))]),
            DataType.Float => Find<float>([.. tensor.FloatData]),
            DataType.Double => Find<double>([.. tensor.DoubleData]),
            _ => null,
        };
        var isOne = tensor.Dims.All(size => size == 1);
        return bad is { } found && (!isOne || double.IsNaN(found.Value)) ? bad : null;
    }

    // The upper half of a float's bits.
    private static float Brain(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static IEnumerable<(string Name, TensorProto Tensor)> Of(GraphProto? graph) => graph is null ? [] :
    [
        .. graph.Initializer.Concat(graph.SparseInitializer.SelectMany(Of)).Select(tensor => (tensor.Name, tensor)),
        .. graph.Node.SelectMany(Of),
    ];

    private static IEnumerable<(string Name, TensorProto Tensor)> Of(NodeProto node) =>
        node.Attribute.SelectMany(attribute => ((string Name, TensorProto Tensor)[])
        [
            .. attribute.Tensors.Append(attribute.T).OfType<TensorProto>()
                .Concat(attribute.SparseTensors.Append(attribute.SparseTensor).SelectMany(Of))
                .Select(tensor => (tensor.Name == "" ? node.Output.FirstOrDefault("") : tensor.Name, tensor)),
            .. attribute.Graphs.Append(attribute.G).SelectMany(Of),
        ]);

    private static IEnumerable<TensorProto> Of(SparseTensorProto? sparse) =>
        new[] { sparse?.Values, sparse?.Indices }.OfType<TensorProto>();

    private static (long Index, double Value)? Find<T>(ReadOnlySpan<T> values) where T : struct, INumber<T>
    {
        for (var index = 0; index < values.Length; index++)
            if (!float.IsFinite(float.CreateTruncating(values[index])))
                return (index, double.CreateChecked(values[index]));
        return null;
    }
}
