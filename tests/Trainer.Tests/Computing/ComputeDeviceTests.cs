using LeNetServe.Trainer.Computing;
using TorchSharp;

namespace LeNetServe.Trainer.Tests.Computing;

public sealed class ComputeDeviceTests
{
    [Fact]
    public void Choose_CudaWithoutDevice_SaysHowToGetOne()
    {
        var exception = Assert.Throws<ExpectedException>(() => ComputeDevice.Choose("cuda", () => false));

        Assert.Contains("-p:Accelerator=cuda", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto", false)]
    [InlineData("cpu", true)]
    public void Choose_WithoutCudaOrWithoutWish_GivesTheProcessor(string name, bool cuda) =>
        Assert.Equal(DeviceType.CPU, ComputeDevice.Choose(name, () => cuda).type);

    [Fact]
    public void Choose_UnknownName_SaysWhatThereIs() =>
        Assert.Contains("expected auto, cpu or cuda",
            Assert.Throws<ExpectedException>(() => ComputeDevice.Choose("tpu", () => true)).Message, StringComparison.Ordinal);
}
