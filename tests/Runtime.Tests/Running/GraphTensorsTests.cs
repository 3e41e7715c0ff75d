using LeNetServe.Runtime.Running;
using LeNetServe.Tensors;
using LeNetServe.Tests;

namespace LeNetServe.Runtime.Tests.Running;

public sealed class GraphTensorsTests
{
    [Fact]
    public void Computed_SmallGraph_AreItsTensorsInOrder() =>
        Assert.Equal(["cast", "flat", "scores", "output"], GraphTensors.Computed(new TinyOnnx { UInt8 = true }.ToBytes()));

    [Fact]
    public void WithOutputs_InnerTensors_AreComputedBesideTheOutput()
    {
        var model = new TinyOnnx();

        using var session = new GraphSession(GraphTensors.WithOutputs(model.ToBytes(), ["flat", "scores"]));
        var pixels = StoredTensor.From([.. Enumerable.Range(0, 16).Select(value => (float)value)], 1, 1, 4, 4);
        var values = session.Run(new Dictionary<string, StoredTensor> { ["pixels"] = pixels });

        Assert.Equal(["output", "flat", "scores"], session.Outputs);
        Assert.Equal(pixels.ToSingles(), values["flat"].ToSingles());
        Assert.Equal([1, 3], values["scores"].Shape);
    }

    [Theory]
    [InlineData(new byte[] { 0x3A, 5, 1 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x3B })]
    public void Computed_NoProtobuf_IsInvalid(byte[] bytes) => Assert.Throws<InvalidDataException>(() => GraphTensors.Computed(bytes));
}
