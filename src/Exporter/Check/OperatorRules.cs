using LeNetServe.Exporter.Onnx;
using DataType = LeNetServe.Exporter.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Exporter.Check;

/// <summary>Every operator that is written here, with its rule: https://onnx.ai/onnx/operators/. One operator, one small method.</summary>
internal static class OperatorRules
{
    /// <summary>The rules by operator.</summary>
    public static IReadOnlyDictionary<string, OperatorRule> All { get; } = new Dictionary<string, OperatorRule>(StringComparer.Ordinal)
    {
        ["Add"] = new(7, 2, 2, [], Broadcast),
        ["AveragePool"] = new(11, 1, 1, ["kernel_shape", "pads", "strides"], Pool),
        ["Cast"] = new(9, 1, 1, ["to"], Cast),
        ["Concat"] = new(11, 1, int.MaxValue, ["axis"], Concat),
        ["Conv"] = new(11, 2, 3, ["dilations", "group", "kernel_shape", "pads", "strides"], Conv),
        ["DequantizeLinear"] = new(10, 3, 3, ["axis"], Dequantize),
        ["Flatten"] = new(11, 1, 1, ["axis"], Flatten),
        ["Gemm"] = new(11, 2, 3, ["transB"], Gemm),
        ["MaxPool"] = new(11, 1, 1, ["kernel_shape", "pads", "strides"], Pool),
        ["Mul"] = new(7, 2, 2, [], Broadcast),
        ["QuantizeLinear"] = new(10, 3, 3, ["axis"], Quantize),
        ["Relu"] = new(6, 1, 1, [], Same),
        ["Reshape"] = new(5, 2, 2, [], Reshape),
        ["Sigmoid"] = new(6, 1, 1, [], Same),
        ["Softmax"] = new(11, 1, 1, ["axis"], Softmax),
        ["Sub"] = new(7, 2, 2, [], Broadcast),
        ["Tanh"] = new(6, 1, 1, [], Same),
        ["Transpose"] = new(1, 1, 1, ["perm"], Transpose),
    };

    private static ValueType Same(NodeTypes node)
    {
        RequireFloat(node);
        return node.X;
    }

    private static ValueType Broadcast(NodeTypes node)
    {
        RequireFloat(node);
        var (left, right) = (node.X, node.Inputs[1]);
        RequireSameElement(node);
        var rank = Math.Max(left.Rank, right.Rank);
        var shape = new Dimension[rank];
        for (var index = 0; index < rank; index++)
        {
            var a = index < rank - left.Rank ? 1 : left.Shape[index - rank + left.Rank];
            var b = index < rank - right.Rank ? 1 : right.Shape[index - rank + right.Rank];
            node.Require(a == b || a == 1 || b == 1, $"dimensions {a} and {b} do not broadcast");
            shape[index] = a == 1 ? b : a;
        }
        return new(left.Element, shape);
    }

    private static ValueType Cast(NodeTypes node)
    {
        var to = (DataType)node.Node.Int("to", 0);
        node.Require(to is DataType.Float or DataType.Float16, $"to is {to}, expected a float type");
        return new(to, node.X.Shape);
    }

    private static ValueType Conv(NodeTypes node)
    {
        RequireFloat(node);
        RequireSameElement(node);
        var (x, weight) = (node.X, node.Inputs[1]);
        node.Require(x.Rank == 4 && weight.Rank == 4, "expected N×C×H×W and weights M×C/group×k×k");
        var group = node.Node.Int("group", 1);
        node.Require(group > 0 && weight.Shape[0].Size % group == 0, $"group is {group}, expected a divisor of the {weight.Shape[0]} maps");
        node.Require(weight.Shape[1].Size * group == x.Shape[1].Size, $"{weight.Shape[1]} input maps in {group} groups, expected {x.Shape[1]} in all");
        if (node.Optional(2) is { } bias)
            node.Require(bias.Rank == 1 && bias.Shape[0] == weight.Shape[0], $"bias {bias}, expected {weight.Shape[0]} values");
        var kernel = node.Node.Ints("kernel_shape");
        node.Require(kernel is [var h, var w] && weight.Shape[2] == h && weight.Shape[3] == w, "kernel_shape differs from the weights' shape");
        node.Require((node.Node.Ints("dilations") ?? [1, 1]).All(dilation => dilation == 1), "expected no dilation");
        return new(x.Element, [x.Shape[0], weight.Shape[0], .. Windows(node)]);
    }

    private static ValueType Pool(NodeTypes node)
    {
        node.Require(node.X.Rank == 4, "expected N×C×H×W");
        node.Require(node.X.Element is DataType.Float or DataType.Float16, "expected floats");
        return new(node.X.Element, [node.X.Shape[0], node.X.Shape[1], .. Windows(node)]);
    }

    private static Dimension[] Windows(NodeTypes node)
    {
        var kernel = node.Node.Ints("kernel_shape");
        var strides = node.Node.Ints("strides");
        var pads = node.Node.Ints("pads");
        node.Require(kernel is [> 0, > 0] && strides is [> 0, > 0] && pads is [>= 0, >= 0, >= 0, >= 0], "expected kernel_shape, strides and pads of two dimensions");
        var sides = new Dimension[2];
        for (var side = 0; side < 2; side++)
        {
            var size = node.X.Shape[2 + side];
            node.Require(size.IsKnown && size.Size + pads![side] + pads[side + 2] >= kernel![side], $"a window of {kernel![side]} on {size} pixels");
            sides[side] = (size.Size + pads![side] + pads[side + 2] - kernel[side]) / strides![side] + 1;
        }
        return sides;
    }

    private static ValueType Gemm(NodeTypes node)
    {
        RequireFloat(node);
        RequireSameElement(node);
        var (x, weight) = (node.X, node.Inputs[1]);
        node.Require(x.Rank == 2 && weight.Rank == 2, "expected matrices");
        node.Require(node.Node.Int("transB", 0) == 1, "expected transB = 1 and weights out×in");
        node.Require(x.Shape[1] == weight.Shape[1], $"{x.Shape[1]} values, expected the weights' {weight.Shape[1]}");
        if (node.Optional(2) is { } bias)
            node.Require(bias.Rank == 1 && bias.Shape[0] == weight.Shape[0], $"bias {bias}, expected {weight.Shape[0]} values");
        return new(x.Element, [x.Shape[0], weight.Shape[0]]);
    }

    private static ValueType Concat(NodeTypes node)
    {
        RequireSameElement(node);
        var axis = node.Node.Int("axis", -1);
        node.Require(axis == 1 && node.Inputs.All(input => input.Rank == 2 && input.Shape[0] == node.X.Shape[0] && input.Shape[1].IsKnown), "expected matrices of equal height and axis 1");
        return new(node.X.Element, [node.X.Shape[0], node.Inputs.Sum(input => input.Shape[1].Size)]);
    }

    private static ValueType Flatten(NodeTypes node)
    {
        node.Require(node.Node.Int("axis", 1) == 1 && node.X.Rank >= 1, "expected axis 1");
        var rest = node.X.Shape.Skip(1).ToList();
        node.Require(rest.All(dimension => dimension.IsKnown), "expected known dimensions after the first");
        return new(node.X.Element, [node.X.Shape[0], rest.Aggregate(1L, (product, dimension) => product * dimension.Size)]);
    }

    private static ValueType Reshape(NodeTypes node)
    {
        var target = TensorData.ToInt64s(node.Constant(1));
        var known = node.X.Shape.Where(dimension => dimension.IsKnown).Aggregate(1L, (product, dimension) => product * dimension.Size);
        var open = node.X.Shape.Where(dimension => !dimension.IsKnown).ToList();
        var wanted = target.Where(size => size > 0).Aggregate(1L, (product, size) => product * size);
        node.Require(target.All(size => size is > 0 or -1) && target.Count(size => size == -1) <= 1, $"shape is [{string.Join(", ", target)}], expected sizes and at most one −1");
        if (!target.Contains(-1))
        {
            node.Require(open.Count == 0 && known == wanted, $"{node.X} cannot become [{string.Join(", ", target)}]");
            return new(node.X.Element, [.. target.Select(size => (Dimension)size)]);
        }
        node.Require(open.Count == 1 ? known == wanted : open.Count == 0 && wanted > 0 && known % wanted == 0, $"{node.X} cannot become [{string.Join(", ", target)}]");
        var rest = open.Count == 1 ? open[0] : (Dimension)(known / wanted);
        return new(node.X.Element, [.. target.Select(size => size == -1 ? rest : size)]);
    }

    private static ValueType Softmax(NodeTypes node)
    {
        RequireFloat(node);
        node.Require(node.X.Rank == 2 && node.Node.Int("axis", -1) == 1, "expected a matrix and axis 1, which mean the same in every operator set");
        return node.X;
    }

    private static ValueType Transpose(NodeTypes node)
    {
        var permutation = node.Node.Ints("perm") ?? [];
        node.Require(permutation.Order().SequenceEqual(Enumerable.Range(0, node.X.Rank).Select(index => (long)index)), $"perm is [{string.Join(", ", permutation)}]");
        return new(node.X.Element, [.. permutation.Select(index => node.X.Shape[(int)index])]);
    }

    private static ValueType Quantize(NodeTypes node)
    {
        RequireFloat(node);
        node.Require(node.Inputs[1] is { Element: DataType.Float, Rank: 0 }, "expected one float32 scale");
        node.Require(node.Inputs[2] is { Element: DataType.Uint8 or DataType.Int8, Rank: 0 }, "expected one zero point of 8 bits");
        return new(node.Inputs[2].Element, node.X.Shape);
    }

    private static ValueType Dequantize(NodeTypes node)
    {
        var (x, scale, zero) = (node.X, node.Inputs[1], node.Inputs[2]);
        node.Require(x.Element is DataType.Uint8 or DataType.Int8 or DataType.Int32 && zero.Element == x.Element, "expected integers and a zero point of their type");
        node.Require(scale.Element == DataType.Float && scale.Shape.SequenceEqual(zero.Shape), "expected a float32 scale for each zero point");
        node.Require(scale.Rank == 0 || (scale.Rank == 1 && node.Node.Int("axis", 1) == 0 && x.Rank > 0 && x.Shape[0] == scale.Shape[0]),
            "expected one scale, or one for each slice along axis 0");
        return new(DataType.Float, x.Shape);
    }

    private static void RequireFloat(NodeTypes node) =>
        node.Require(node.X.Element is DataType.Float or DataType.Float16, "expected floats");

    private static void RequireSameElement(NodeTypes node) =>
        node.Require(node.Inputs.All(input => input.Element == node.X.Element), "expected one element type");
}
