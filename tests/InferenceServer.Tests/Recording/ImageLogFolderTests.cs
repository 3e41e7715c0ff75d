using LeNetServe.InferenceServer.Recording;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Recording;

public sealed class ImageLogFolderTests : IDisposable
{
    private const long Block = 4096;
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Write_FolderFull_DeletesTheOldestOfAnyModel()
    {
        var folder = new ImageLogFolder(directory["log"], 3 * Block);
        Directory.CreateDirectory(directory["log"]);
        folder.Write("b", Name(1), new byte[10]);
        folder.Write("a", Name(2), new byte[10]);
        folder.Write("a", Name(3), new byte[10]);
        folder.Write("b", Name(4), new byte[5000]);

        Assert.Equal([$"a/{Name(3)}", $"b/{Name(4)}"], Files());
    }

    [Fact]
    public void Write_AfterARestart_CountsTheFilesThatAreThere()
    {
        Directory.CreateDirectory(directory["log"]);
        new ImageLogFolder(directory["log"], 2 * Block).Write("b", Name(1), new byte[10]);
        new ImageLogFolder(directory["log"], 2 * Block).Write("a", Name(2), new byte[10]);
        new ImageLogFolder(directory["log"], 2 * Block).Write("b", Name(3), new byte[10]);

        Assert.Equal([$"a/{Name(2)}", $"b/{Name(3)}"], Files());
    }

    [Fact]
    public void Write_FolderFull_KeepsLabeledImagesAndForeignFiles()
    {
        Directory.CreateDirectory(directory["log", "a", "7"]);
        string[] kept = [$"a/7/{Name(0)}", "a/mine.png", "notes.txt"];
        foreach (var file in kept)
            File.WriteAllBytes(directory["log", file], new byte[10]);
        var folder = new ImageLogFolder(directory["log"], Block);
        folder.Write("a", Name(1), new byte[10]);
        File.Move(directory["log", "a", Name(1)], directory["log", "a", "7", Name(1)]);
        folder.Write("a", Name(2), new byte[10]);
        folder.Write("a", Name(3), new byte[10]);

        Assert.Equal([$"a/{Name(3)}", $"a/7/{Name(0)}", $"a/7/{Name(1)}", "a/mine.png", "notes.txt"], Files());
    }

    private static string Name(int number) => $"20261129T140405678Z-{number:000000}_1_seven_0.9871_1.23.png";

    private IEnumerable<string> Files() => Directory.EnumerateFiles(directory["log"], "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(directory["log"], file).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
