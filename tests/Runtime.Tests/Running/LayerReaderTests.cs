using LeNetServe.Runtime.Errors;
using LeNetServe.Tests;

namespace LeNetServe.Runtime.Tests.Running;

public sealed class LayerReaderTests : IDisposable
{
    private static readonly byte[] Pixels = [.. Enumerable.Range(0, 48).Select(value => (byte)value)];

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Read_FloatModel_GivesEveryInnerTensor()
    {
        using var model = Open(new TinyOnnx { Channels = 3, Weights = new TinyOnnx { Channels = 3 }.Stripes(1) });
        var scores = new float[3];
        for (var k = 0; k < 3; k++)
            scores[k] = Pixels.Skip(16 * k).Take(16).Sum(pixel => (float)pixel);

        var values = model.OpenLayers().Read(Pixels, model.OpenLayers().Names);

        Assert.Equal(["flat", "scores", "w", "b"], model.OpenLayers().Names);
        Assert.Equal(["scores"], model.OpenLayers().Layers);
        Assert.Equal([48], values["flat"].Shape);
        Assert.Equal(Pixels.Select(pixel => (float)pixel), values["flat"].ToSingles());
        Assert.Equal(scores, values["scores"].ToSingles());
    }

    [Fact]
    public void Read_ModelOfBytesAndChannelsLast_ConvertsThePixels()
    {
        using var model = Open(new TinyOnnx { Channels = 3, UInt8 = true, Nhwc = true });

        var values = model.OpenLayers().Read(Pixels, model.OpenLayers().Names);

        Assert.Equal(["cast", "flat", "scores", "w", "b"], model.OpenLayers().Names);
        Assert.Equal([4, 4, 3], values["cast"].Shape);
        Assert.Equal([0, 16, 32, 1, 17, 33], values["cast"].ToSingles()[..6]);
    }

    [Fact]
    public void OpenLayers_CalledAgain_GivesTheSameReader()
    {
        using var model = Open(new TinyOnnx());

        Assert.Same(model.OpenLayers(), model.OpenLayers());
    }

    [Fact]
    public void OpenLayers_FileIsAnotherOne_IsRefused()
    {
        using var model = Open(new TinyOnnx());
        new TinyOnnx { Bias = [1, 2, 3] }.Write(directory.Path);

        var exception = Assert.Throws<InferenceException>(model.OpenLayers);

        Assert.Equal(InferenceErrorKind.InvalidModel, exception.Kind);
        Assert.Contains($"now, expected {model.Facts.Sha256}", exception.Message);
    }

    private ClassifierModel Open(TinyOnnx tiny) => ClassifierModel.Open(tiny.Write(directory.Path));
}
