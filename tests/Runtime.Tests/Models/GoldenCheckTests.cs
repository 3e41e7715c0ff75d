using LeNetServe.Models;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Runtime.Tests.Models;

public sealed class GoldenCheckTests
{
    [Theory]
    [InlineData(100, 0, WeightPrecision.Full, true)]
    [InlineData(100, 1, WeightPrecision.Full, false)]
    [InlineData(100, 5, WeightPrecision.Half, true)]
    [InlineData(100, 6, WeightPrecision.Half, false)]
    [InlineData(20, 1, WeightPrecision.Quantized, true)]
    [InlineData(19, 1, WeightPrecision.Quantized, false)]
    public void Agrees_ByPrecision_AllowsAShare(int images, int disagreements, WeightPrecision precision, bool agrees) =>
        Assert.Equal(agrees, GoldenCheck.Agrees(images, disagreements, precision));

    [Fact]
    public void ToString_AllFigures_AreInOneLine() => Assert.Equal(
        "8 golden images, largest difference of a probability 2.0e-3 (tolerance 1.0e-4), 3 with another best class",
        new GoldenCheck(8, 2e-3f, 3, 1e-4, false).ToString());
}
