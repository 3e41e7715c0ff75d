using LeNetServe.Files;

namespace LeNetServe.Tests.Files;

public sealed class FolderListingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_FilesFoldersAndLinks_SaysWhichMayBeFolders()
    {
        Directory.CreateDirectory(folder.Combine("folder ä"));
        File.WriteAllText(folder.Combine(".file"), "");
        File.CreateSymbolicLink(folder.Combine("link"), "gone");

        Assert.Equal(
            [(".file", false), ("folder ä", true), ("link", true)],
            FolderListing.Read(folder.Path).OrderBy(entry => entry.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void Read_ThousandsOfNames_HasEachOnce()
    {
        for (var name = 0; name < 3000; name++)
            File.WriteAllText(folder.Combine($"{name}"), "");

        Assert.Equal(
            Enumerable.Range(0, 3000).Select(name => $"{name}").Order(),
            FolderListing.Read(folder.Path).Select(entry => entry.Name).Order());
    }

    [Fact]
    public void Read_NotAFolder_Throws()
    {
        File.WriteAllText(folder.Combine("file"), "");

        Assert.Throws<DirectoryNotFoundException>(() => FolderListing.Read(folder.Combine("gone")));
        Assert.Throws<DirectoryNotFoundException>(() => FolderListing.Read(folder.Combine("file")));
    }
}
