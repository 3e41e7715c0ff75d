namespace LeNetServe.Runtime.Tests;

public sealed class PlaceholderTests
{
    [Fact]
    public void Truth() => Assert.True(true);
}
