using LeNetServe.Trainer.Reports.Charts;

namespace LeNetServe.Trainer.Tests.Reports.Charts;

public sealed class AxisTests
{
    [Theory]
    [InlineData(0.0, 1.0, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0.0, 10_000, "0 2,000 4,000 6,000 8,000 10,000")]
    [InlineData(-3, 4, "-2 0 2 4")]
    public void Ticks_LinearAxis_AreRound(double low, double high, string expected) => Assert.Equal(expected, Labels(new("value"), low, high));

    [Fact]
    public void Ticks_Percentages_HaveAsManyDigitsAsTheyNeed() =>
        Assert.Equal("99.0\u00A0% 99.2\u00A0% 99.4\u00A0% 99.6\u00A0%", Labels(new("share") { Percent = true }, 0.99, 0.997));

    [Theory]
    [InlineData(0.001, 0.1, "0.001 0.002 0.005 0.01 0.02 0.05 0.1")]
    [InlineData(1, 100_000, "1 10 100 1,000 10,000 100,000")]
    [InlineData(1.2, 1.6, "1.2 1.3 1.4 1.5 1.6")]
    public void Ticks_LogarithmicAxis_AreRoundAtAnyRange(double low, double high, string expected) =>
        Assert.Equal(expected, Labels(new("rate") { Logarithmic = true }, low, high));

    [Fact]
    public void Ticks_WholeNumbers_SkipTheFractions() => Assert.Equal("0 1 2", Labels(new("epoch") { Whole = true }, 0, 2));

    [Fact]
    public void Ticks_LabelledValues_AreThose() =>
        Assert.Equal("64 128 512", Labels(new("batch_size") { Logarithmic = true, Labelled = [64, 128, 512] }, 64, 512));

    [Fact]
    public void Takes_LogarithmOfNothing_IsLeftOut() => Assert.False(new Axis("rate") { Logarithmic = true }.Takes(0));

    private static string Labels(Axis axis, double low, double high)
    {
        var (values, step) = axis.Ticks(low, high, 5);
        return string.Join(' ', values.Select(value => axis.Label(value, step)));
    }
}
