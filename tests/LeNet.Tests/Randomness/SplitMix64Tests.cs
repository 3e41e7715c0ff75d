using LeNetServe.Randomness;

namespace LeNetServe.LeNet.Tests.Randomness;

public sealed class SplitMix64Tests
{
    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(83)]
    public void Normal_OfASpan_GivesTheNumbersOfSingleCallsToTheBit(int count)
    {
        var (single, many) = (SplitMix64.For(7, 103, 5), SplitMix64.For(7, 103, 5));
        var expected = new float[count];
        foreach (ref var value in expected.AsSpan())
            value = single.Normal(0.4f);
        var actual = new float[count];

        many.Normal(actual, 0.4f);

        Assert.Equal(expected, actual);
        Assert.Equal(single.Next(), many.Next());
    }
}
