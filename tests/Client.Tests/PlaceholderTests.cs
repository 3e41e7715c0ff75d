namespace LeNetServe.Client.Tests;

public sealed class PlaceholderTests
{
    [Fact]
    public void Truth() => Assert.True(true);
}
