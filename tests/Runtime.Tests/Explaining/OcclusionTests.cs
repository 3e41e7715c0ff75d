using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Explaining;
using LeNetServe.Specs;
using LeNetServe.Tests;

namespace LeNetServe.Runtime.Tests.Explaining;

public sealed class OcclusionTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Attribute_OnePixelDecides_GivesItsLossToThePatchesThatCoverIt()
    {
        // The score of class 0 is a hundredth of the first pixel of the second channel. The mean of that channel is 50.
        var weights = new float[2 * 48];
        weights[16] = 0.01f;
        var pixels = Enumerable.Repeat((byte)40, 48).ToArray();
        pixels[16] = 200;
        new TinyOnnx { Channels = 3, Classes = 2, Weights = weights }.Write(directory.Path);
        using var model = ClassifierModel.Open(directory.Path, new() { Device = Device.Cpu });
        var checks = 0;

        var losses = Occlusion.Attribute(model, pixels, 0, Logistic(2), () => checks++);

        // Patches of 2×2 begin at each of three rows and columns: one covers the first pixel, and four cover the second of its diagonal.
        var loss = Logistic(2) - Logistic(0.5);
        double[] expected = [loss, loss / 2, 0, 0, loss / 2, loss / 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Equal(16, losses.Length);
        Assert.Equal(1, checks);
        Assert.Equal(9, Occlusion.ImagesOf(new TensorShape(3, 4, 4)));
    }

    private static float Logistic(double score) => (float)(1 / (1 + Math.Exp(-score)));
}
