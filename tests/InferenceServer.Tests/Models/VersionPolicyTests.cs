using LeNetServe.InferenceServer.Models;

namespace LeNetServe.InferenceServer.Tests.Models;

public sealed class VersionPolicyTests
{
    [Theory]
    [InlineData("all", new long[] { 1, 2, 5 })]
    [InlineData("ALL", new long[] { 1, 2, 5 })]
    [InlineData("latest:1", new long[] { 5 })]
    [InlineData("latest:2", new long[] { 2, 5 })]
    [InlineData("latest:9", new long[] { 1, 2, 5 })]
    [InlineData("1,2,7", new long[] { 1, 2 })]
    public void Choose_Policy_TakesThose(string text, long[] expected)
    {
        Assert.True(VersionPolicy.TryParse(text, out var policy));

        Assert.Equal(expected, policy.Choose([5, 1, 2]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("latest")]
    [InlineData("latest:0")]
    [InlineData("latest:x")]
    [InlineData("1,,2")]
    [InlineData("-1")]
    [InlineData("0")]
    public void TryParse_Nonsense_IsFalse(string text) => Assert.False(VersionPolicy.TryParse(text, out _));
}
