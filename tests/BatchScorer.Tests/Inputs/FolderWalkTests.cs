using System.Text;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Inputs;

public sealed class FolderWalkTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Images_LinksThatLoop_AreLeftOutAndCounted()
    {
        Touch("a/1.png");
        Touch("b/2.png");
        Directory.CreateSymbolicLink(directory["a", "up"], directory.Path);
        Directory.CreateSymbolicLink(directory["a", "self"], directory["a"]);
        Directory.CreateSymbolicLink(directory["a", "to b"], directory["b"]);
        Directory.CreateSymbolicLink(directory["b", "to a"], directory["a"]);
        File.CreateSymbolicLink(directory["b", "mine.png"], directory["b", "mine.png"]);
        var listing = new InputListing(new InputOptions { Paths = [directory.Path] });

        var images = listing.Images(
            contents: false, TestContext.Current.CancellationToken).Select(image => image.Name[(directory.Path.Length + 1)..]).ToArray();

        Assert.Equal(["a/1.png", "a/to b/2.png", "a/to b/mine.png", "b/2.png", "b/mine.png", "b/to a/1.png"], images);
        Assert.Equal(6, listing.Loops);
    }

    [Fact]
    public void Images_AFolderThatCannotBeRead_IsAnErrorRow()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "this user may read every folder");
        if (OperatingSystem.IsWindows())
            return;
        Touch("a/1.png");
        Touch("b/2.png");
        File.SetUnixFileMode(directory["a"], UnixFileMode.None);

        var images = new InputListing(
            new InputOptions { Paths = [directory.Path] }).Images(contents: false, TestContext.Current.CancellationToken).ToArray();

        File.SetUnixFileMode(directory["a"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal([directory["a"], directory["b", "2.png"]], images.Select(image => image.Name));
        Assert.Equal("unreadable", images[0].Error!.Kind);
    }

    [Fact]
    public void Images_Globs_ChooseByNameAtAnyDepthOrByPath()
    {
        foreach (var name in (string[])["1.png", "2.raw", "a/3.png", "a/b/4.png", "a/b/5.raw", "drafts/6.png", "a/drafts/7.png"])
            Touch(name);

        Assert.Equal(["1.png", "a/3.png", "a/b/4.png", "a/drafts/7.png", "drafts/6.png"], Names([], []));
        Assert.Equal(["2.raw", "a/b/5.raw"], Names(["*.raw"], []));
        Assert.Equal(["1.png", "a/3.png", "a/b/4.png", "a/drafts/7.png"], Names([], ["drafts/**"]));
        Assert.Equal(["1.png", "a/3.png", "a/b/4.png"], Names([], ["**/drafts/**"]));
        Assert.Equal(["a/b/4.png", "a/b/5.raw"], Names(["a/b/*"], []));
    }

    [Fact]
    public void Images_ListsAndStandardInput_AreReadByLineOrByZero()
    {
        Touch("a b.png");
        Touch("c\nd.png");
        File.WriteAllText(directory["lines"], $"{directory["a b.png"]}\r\n\n{directory["nowhere.png"]}");
        File.WriteAllText(directory["zeros"], $"{directory["a b.png"]}\0{directory["c\nd.png"]}\0");

        var lines = new InputListing(
            new InputOptions { ListFile = directory["lines"] }).Images(
                contents: false, TestContext.Current.CancellationToken).Select(image => image.Name);
        var zeros = new InputListing(
            new InputOptions { ListFile = directory["zeros"], NullSeparated = true }).Images(
                contents: false, TestContext.Current.CancellationToken).Select(image => image.Name);

        Assert.Equal([directory["a b.png"], directory["nowhere.png"]], lines);
        Assert.Equal([directory["a b.png"], directory["c\nd.png"]], zeros);
        Assert.Equal(
            "a\n", Encoding.UTF8.GetString(
                PathList.Read(new MemoryStream("a\n\0"u8.ToArray()), nullSeparated: true, TestContext.Current.CancellationToken).Single()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_ListWithZeroBytes_IsAnErrorAndNeverAnotherFile(bool isUtf16)
    {
        Touch("a.png");
        var list = $"{directory["a.png"]}\0{directory["b.png"]}\0";
        File.WriteAllBytes(directory["list"], isUtf16 ? Encoding.Unicode.GetBytes(directory["a.png"]) : Encoding.UTF8.GetBytes(list));

        var image = Assert.Single(new InputListing(new InputOptions { ListFile = directory["list"] }).Images(
            contents: false, TestContext.Current.CancellationToken));

        Assert.StartsWith("the path has a zero byte; --null reads", image.Error!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_HiddenAndSystemFiles_ArePassedOverAndCountedUnlessAGlobSpellsThem()
    {
        foreach (var name in (string[])["7/1.png", "7/._1.png", "7/.hidden.png", "__MACOSX/7/1.png", "@eaDir/1.png", ".Trash-1000/2.png",
            "7/Thumbs.db"])
            Touch(name);
        var listing = new InputListing(new InputOptions { Paths = [directory.Path] });

        Assert.Equal(directory["7", "1.png"], Assert.Single(listing.Images(contents: false, TestContext.Current.CancellationToken)).Name);
        Assert.Equal(6, listing.PassedOver);
        Assert.Equal(["7/1.png"], Names(["*.png"], []));
        Assert.Equal(["7/._1.png", "7/.hidden.png"], Names([".*.png"], []));
    }

    [Fact]
    public void Images_AFolderThatThisCallWrites_IsPassedOver()
    {
        foreach (var name in (string[])["7/1.png", "heat/7-1.png", "other/heat/2.png"])
            Touch(name);
        var listing = new InputListing(new InputOptions { Paths = [directory.Path], Outputs = [directory["heat"]] });

        var images = listing.Images(contents: false, TestContext.Current.CancellationToken).Select(image => image.Name);

        Assert.Equal([directory["7", "1.png"], directory["other", "heat", "2.png"]], images);
        Assert.Equal(1, listing.PassedOver);
    }

    [Fact]
    public void Images_HeatMapsOfAFormerCall_ArePassedOver()
    {
        Touch("7/1.png");
        Touch("why/001-row-8-class-3-as-7.png");
        Touch("7/my-row-2.png");

        var listing = new InputListing(new InputOptions { Paths = [directory.Path] });

        Assert.Equal(
            [directory["7", "1.png"], directory["7", "my-row-2.png"]],
            listing.Images(contents: false, TestContext.Current.CancellationToken).Select(image => image.Name));
        Assert.Equal(1, listing.PassedOver);
    }

    private string[] Names(string[] includes, string[] excludes) =>
        [.. new InputListing(new InputOptions { Paths = [directory.Path], Includes = includes, Excludes = excludes })
            .Images(contents: false, TestContext.Current.CancellationToken).Select(image => image.Name[(directory.Path.Length + 1)..])];

    private void Touch(string name)
    {
        var path = directory[name.Split('/')];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, [1]);
    }
}
