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

    [Fact]
    public void Of_LongWord_AllocatesLittle()
    {
        var word = new string('x', 100_000);
        string[] names = ["--epochs", "--learning-rate"];
        NearestName.Of(word, names);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(NearestName.Of(word, names));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Theory]
    [InlineData("--grcp-port", "; did you mean --grpc-port?")]
    [InlineData("--port", "; did you mean --grpc-port or --http-port?")]
    [InlineData("rate", "; did you mean learning_rate?")]
    [InlineData("--zebra", "")]
    public void Hint_MistypedNameOrPartOfNames_AsksForThem(string word, string expected) =>
        Assert.Equal(expected, NearestName.Hint(word, ["--grpc-port", "--http-port", "learning_rate"]));

    [Fact]
    public void Hint_TheBeginningOfTwoNames_AsksForBoth() => Assert.Equal(
        "; did you mean --repository or --report?", NearestName.Hint("--repo", ["--repository", "--report", "--run", "--repository"]));

    [Theory]
    [InlineData("pictres", "pictures")]
    [InlineData("pictres/", "pictures")]
    [InlineData("zebra", null)]
    public void HintOfPath_NoSuchPath_IsTheNearestInItsFolder(string name, string? expected)
    {
        var folder = Directory.CreateTempSubdirectory("lenetserve-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "pictures"));

        Assert.Equal(
            expected is null ? "" : $"; did you mean {Path.Combine(folder, expected)}?",
            NearestName.HintOfPath(Path.Combine(folder, name)));
        Assert.All([Path.Combine(folder, "nothing", name), "", "a\0b"], path => Assert.Equal("", NearestName.HintOfPath(path)));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("mnits", 3, "; did you mean mnist?")]
    [InlineData("zebra", 3, ", expected mnist, name1, name2")]
    [InlineData("zebra", 20, "; the list lists the names")]
    public void Expected_UnknownName_IsTheNearestAFewOrTheList(string word, int count, string expected) => Assert.Equal(
        expected, NearestName.Expected(word, ["mnist", .. Enumerable.Range(1, count - 1).Select(number => $"name{number}")], "the list"));
}
