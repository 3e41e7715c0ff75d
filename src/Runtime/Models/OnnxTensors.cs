using System.Numerics;
using System.Runtime.InteropServices;
using LeNetServe.Onnx;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Runtime.Models;

/// <summary>The tensors of an ONNX model.</summary>
internal static class OnnxTensors
{
    /// <summary>Lists all tensors: weights, constants of nodes, and those of inner graphs and functions.</summary>
    public static IEnumerable<TensorProto> Of(ModelProto model) =>
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
            DataType.Double when tensor.HasRawData => Find(MemoryMarshal.Cast<byte, double>(raw)),
            DataType.Float => Find<float>([.. tensor.FloatData]),
            DataType.Double => Find<double>([.. tensor.DoubleData]),
            _ => null,
        };
        var isOne = tensor.Dims.All(size => size == 1);
        return bad is { } found && (!isOne || double.IsNaN(found.Value)) ? bad : null;
    }

    private static IEnumerable<TensorProto> Of(GraphProto? graph) =>
        graph is null ? [] : [.. graph.Initializer, .. graph.SparseInitializer.SelectMany(Of), .. graph.Node.SelectMany(Of)];

    private static IEnumerable<TensorProto> Of(NodeProto node) => node.Attribute.SelectMany(attribute => (TensorProto[])
    [
        .. attribute.Tensors.Append(attribute.T).OfType<TensorProto>(),
        .. attribute.Graphs.Append(attribute.G).SelectMany(Of),
        .. attribute.SparseTensors.Append(attribute.SparseTensor).SelectMany(Of),
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
