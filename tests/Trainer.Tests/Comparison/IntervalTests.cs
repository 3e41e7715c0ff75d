using LeNetServe.Trainer.Comparison;

namespace LeNetServe.Trainer.Tests.Comparison;

public sealed class IntervalTests
{
    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(2, 4.3027)]
    [InlineData(3, 3.1824)]
    [InlineData(4, 2.7764)]
    [InlineData(9, 2.2622)]
    [InlineData(30, 2.0423)]
    [InlineData(99, 1.9842)]
    public void Quantile975_DegreesOfFreedom_AgreesWithTheTables(int degreesOfFreedom, double expected) =>
        Assert.Equal(expected, StudentT.Quantile975(degreesOfFreedom), 4);

    [Fact]
    public void Of_FiveFigures_IsTheTextbookInterval()
    {
        var interval = Interval.Of([99.1, 99.3, 99.2, 99.4, 99.0]);

        Assert.Equal(99.2, interval.Mean, 10);
        // s = 0.158114, t = 2.776445, n = 5
        Assert.Equal(0.196324, interval.HalfWidth!.Value, 5);
        Assert.Equal("99.20 ± 0.20", interval.ToString("0.00"));
    }

    [Fact]
    public void Of_OneFigure_HasNoInterval() => Assert.Equal("0.50", Interval.Of([0.5]).ToString("0.00"));

    [Fact]
    public void Of_NoFigure_IsADash() => Assert.Equal("–", Interval.Of([]).ToString("0.00"));
}
