using System.Runtime.InteropServices;
using LeNetServe.Exporter.Onnx;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Exporter.Quantize;

/// <summary>
/// Writes a graph in QDQ form. Every tensor of the plan passes a QuantizeLinear and a DequantizeLinear. Weights are int8 with a scale per
/// output map, biases int32. Any runtime computes the graph in floats; a runtime that knows the form computes in bytes.
/// </summary>
internal sealed class QuantizedGraph
{
    private readonly GraphProto source;
    private readonly GraphProto target;
    private readonly QuantizationPlan plan;
    private readonly IReadOnlyDictionary<string, ActivationRange> ranges;
    private readonly int largestWeight;
    private readonly Dictionary<string, string> renamed = new(StringComparer.Ordinal);

    private QuantizedGraph(GraphProto source, QuantizationPlan plan, IReadOnlyDictionary<string, ActivationRange> ranges, int weightBits)
    {
        this.source = source;
        this.plan = plan;
        this.ranges = ranges;
        largestWeight = (1 << (weightBits - 1)) - 1;
        target = new() { Name = source.Name, DocString = source.DocString };
        target.Input.AddRange(source.Input.Clone());
        target.Output.AddRange(source.Output.Clone());
        target.ValueInfo.AddRange(source.ValueInfo.Clone());
    }

    /// <summary>Writes the quantized graph.</summary>
    public static GraphProto Write(
        GraphProto source, QuantizationPlan plan, IReadOnlyDictionary<string, ActivationRange> ranges, int weightBits)
    {
        var writer = new QuantizedGraph(source, plan, ranges, weightBits);
        foreach (var input in source.Input)
            writer.Requantize(input.Name);
        foreach (var node in source.Node)
            writer.Copy(node);
        var used = writer.target.Node.SelectMany(node => node.Input).ToHashSet(StringComparer.Ordinal);
        writer.target.Initializer.AddRange(source.Initializer.Where(tensor => used.Contains(tensor.Name)));
        return writer.target;
    }

    private void Copy(NodeProto node)
    {
        var copy = node.Clone();
        for (var index = 0; index < copy.Input.Count; index++)
            copy.Input[index] = renamed.GetValueOrDefault(copy.Input[index], copy.Input[index]);
        if (plan.Layers.Contains(node))
            QuantizeWeights(node, copy);
        target.Node.Add(copy);
        Requantize(node.Output[0]);
    }

    private void Requantize(string tensor)
    {
        if (!plan.Sources.TryGetValue(tensor, out var root))
            return;
        var range = ranges[root];
        var scale = Scalar($"{root}.scale", DataType.Float, MemoryMarshal.AsBytes<float>([range.Scale]));
        var zero = Scalar($"{root}.zero", DataType.Uint8, [range.ZeroPoint]);
        Add("QuantizeLinear", $"{tensor}.quantize", $"{tensor}.bytes", tensor, scale, zero);
        Add("DequantizeLinear", $"{tensor}.dequantize", $"{tensor}.values", $"{tensor}.bytes", scale, zero);
        renamed[tensor] = $"{tensor}.values";
    }

    private void QuantizeWeights(NodeProto node, NodeProto copy)
    {
        var weight = source.Initializer.Single(tensor => tensor.Name == node.Input[1]);
        var bias = node.Input.Count > 2 ? source.Initializer.Single(tensor => tensor.Name == node.Input[2]) : null;
        var values = TensorData.ToSingles(weight);
        var biases = bias is null ? null : TensorData.ToSingles(bias);
        var maps = (int)weight.Dims[0];
        var perMap = values.Length / maps;
        var inputScale = ranges[plan.Sources[node.Input[0]]].Scale;
        var scales = new float[maps];
        var bytes = new sbyte[values.Length];
        for (var map = 0; map < maps; map++)
        {
            var row = values.AsSpan(map * perMap, perMap);
            // A map of zeros still needs a scale in which its bias fits 32 bits.
            var lowest = biases is null ? 0 : MathF.Abs(biases[map]) / inputScale / (1 << 30);
            scales[map] = Math.Max(Largest(row) / largestWeight, Math.Max(1e-12f, lowest));
            for (var index = 0; index < perMap; index++)
                bytes[map * perMap + index] = (sbyte)Math.Clamp(MathF.Round(row[index] / scales[map]), -largestWeight, largestWeight);
        }
        copy.Input[1] = Constant(weight.Name, DataType.Int8, weight.Dims, MemoryMarshal.AsBytes<sbyte>(bytes), scales, 1);
        if (biases is not null)
        {
            var biasScales = Array.ConvertAll(scales, scale => scale * inputScale);
            var integers = biases.Select((value, map) => (int)Math.Round(value / (double)biasScales[map])).ToArray();
            copy.Input[2] = Constant(bias!.Name, DataType.Int32, bias.Dims, MemoryMarshal.AsBytes<int>(integers), biasScales, 4);
        }
    }

    private string Constant(string name, DataType type, IReadOnlyList<long> shape, ReadOnlySpan<byte> data, float[] scales, int zeroBytes)
    {
        target.Initializer.Add(TensorData.Raw($"{name}.integers", type, shape, data));
        target.Initializer.Add(TensorData.Raw($"{name}.scale", DataType.Float, [scales.Length], MemoryMarshal.AsBytes<float>(scales)));
        target.Initializer.Add(TensorData.Raw($"{name}.zero", type, [scales.Length], new byte[scales.Length * zeroBytes]));
        var node = Add("DequantizeLinear", $"{name}.dequantize", $"{name}.values", $"{name}.integers", $"{name}.scale", $"{name}.zero");
        node.AddInt("axis", 0);
        return $"{name}.values";
    }

    private string Scalar(string name, DataType type, ReadOnlySpan<byte> data)
    {
        if (target.Initializer.All(tensor => tensor.Name != name))
            target.Initializer.Add(TensorData.Raw(name, type, [], data));
        return name;
    }

    private NodeProto Add(string operation, string name, string output, params ReadOnlySpan<string> inputs)
    {
        var node = new NodeProto { Name = name, OpType = operation };
        foreach (var input in inputs)
            node.Input.Add(input);
        node.Output.Add(output);
        target.Node.Add(node);
        return node;
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values)
            largest = Math.Max(largest, MathF.Abs(value));
        return largest;
    }
}
