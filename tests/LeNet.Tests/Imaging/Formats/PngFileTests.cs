using LeNetServe.Imaging;
using LeNetServe.Specs;

namespace LeNetServe.Tests.Imaging.Formats;

public sealed class PngFileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Encode_ReadByAModelOfTheSameSize_GivesTheSamePixels(int channels)
    {
        var shape = new TensorShape(channels, 32, 32);
        var pixels = new byte[shape.Count];
        new Random(1).NextBytes(pixels);

        var read = new byte[shape.Count];
        new ImagePreprocessor(new() { Input = shape }).Process(PngFile.Encode(pixels, shape), read);

        Assert.Equal(pixels, read);
    }
}
