using LeNetServe.Files;

namespace LeNetServe.Tests.Files;

public sealed class TemporaryFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Constructor_NoSuchFolder_NamesTheUsersFile()
    {
        var path = folder.Combine("nowhere/a.csv");

        var error = Assert.Throws<DirectoryNotFoundException>(() => new TemporaryFile(path));

        Assert.StartsWith($"{path} cannot be written", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_FolderInTheWay_NamesTheUsersFileAndLeavesNothing()
    {
        var path = folder.Combine("a.csv");
        Directory.CreateDirectory(path);
        using (var file = new TemporaryFile(path))
        {
            var error = Assert.ThrowsAny<Exception>(() => file.Publish());

            Assert.DoesNotContain(".tmp", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Constructor_FolderWithoutPermission_NamesTheUsersFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "this user may write everywhere");
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var error = Assert.Throws<UnauthorizedAccessException>(() => new TemporaryFile(folder.Combine("a.csv")));

        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.DoesNotContain(".tmp", error.Message, StringComparison.Ordinal);
    }
}
