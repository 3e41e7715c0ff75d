using System.Runtime.InteropServices;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Quantize;

namespace LeNetServe.Exporter.Tests.Quantize;

public sealed class QuantizedGraphTests
{
    [Fact]
    public void Write_MapWithoutWeights_KeepsItsBias()
    {
        var source = new GraphProto();
        source.Input.Add(new ValueInfoProto { Name = "x" });
        source.Output.Add(new ValueInfoProto { Name = "y" });
        source.Initializer.Add(TensorData.FloatTensor("w", [0, 0, 1, -1], 2, 2));
        source.Initializer.Add(TensorData.FloatTensor("b", [3, 0.5], 2));
        var gemm = new NodeProto { OpType = "Gemm", Name = "layer" };
        gemm.Input.AddRange(["x", "w", "b"]);
        gemm.Output.Add("y");
        source.Node.Add(gemm);
        var ranges = new Dictionary<string, ActivationRange> { ["x"] = new(0, 255) };

        var written = QuantizedGraph.Write(source, QuantizationPlan.Of(source), ranges, weightBits: 8);

        var scales = TensorData.ToSingles(written.Initializer.Single(tensor => tensor.Name == "b.scale"));
        var integers = written.Initializer.Single(tensor => tensor.Name == "b.integers");
        var values = MemoryMarshal.Cast<byte, int>(integers.RawData.Span).ToArray()
            .Zip(scales, (integer, scale) => integer * (double)scale);
        Assert.Equal([3, 0.5], values, (expected, actual) => Math.Abs(expected - actual) < 0.005);
    }
}
