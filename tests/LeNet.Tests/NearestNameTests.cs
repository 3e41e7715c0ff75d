namespace LeNetServe.LeNet.Tests;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("--epoch", "--epochs")]
    [InlineData("--EPOCHS", "--epochs")]
    [InlineData("--epcohs", "--epochs")]
    [InlineData("--learn", "--learning-rate")]
    [InlineData("--lerning-rat", "--learning-rate")]
    [InlineData("--e", null)]
    [InlineData("--verbose", null)]
    [InlineData("--learning-", null)]
    [InlineData("--elasticity", "--elastic")]
    public void Of_MistypedName_IsTheNearestOrNone(string word, string? expected) =>
        Assert.Equal(
            expected, NearestName.Of(
                word, word == "--learning-" ? ["--learning-rate", "--learning-rounds"] : ["--epochs", "--learning-rate", "--elastic"]));
}
