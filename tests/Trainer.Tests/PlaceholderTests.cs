namespace LeNetServe.Trainer.Tests;

public sealed class PlaceholderTests
{
    [Fact]
    public void Truth() => Assert.True(true);
}
