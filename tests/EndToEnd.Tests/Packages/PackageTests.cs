using System.IO.Compression;
using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Packages;

/// <summary>The packages, and the platforms that have none.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task Pack_Client_HasIconLicenseReadmeRepositoryAndSymbols()
    {
        using var folder = new TemporaryFolder();

        (await Dotnet(
            "pack", "src/Client", "--no-build", "-c", RepositoryTree.Configuration, "-o", folder.Path,
            "-p:ProjectUrl=https://example.org/lenetserve")).Expect(ExitCode.Success);

        var package = folder.Combine($"LeNetServe.Client.{ProductVersion.Text}");
        var metadata = PackedPackage.Check(package + ".nupkg");
        Assert.Equal("https://example.org/lenetserve", metadata["projectUrl"].Value);
        var repository = metadata["repository"];
        Assert.Equal(
            ("git", "https://example.org/lenetserve"), ((string?)repository.Attribute("type"), (string?)repository.Attribute("url")));
        using var symbols = ZipFile.OpenRead(package + ".snupkg");
        Assert.Contains(symbols.Entries, entry => entry.Name == "LeNetServe.Client.pdb");
    }

    [Fact]
    public async Task Build_TrainerForAPlatformWithoutLibtorch_IsOneLine()
    {
        var result = await Dotnet("build", "src/Trainer", "-r", "linux-arm64", "-nologo", "-v", "q");

        Assert.NotEqual(0, result.ExitCode);
        var errors = result.Output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Distinct();
        Assert.EndsWith(
            ": error : The trainer needs libtorch, which exists for linux-x64, win-x64 and osx-arm64, found 'linux-arm64'",
            Assert.Single(errors).TrimEnd());
    }

    private static Task<ProgramResult> Dotnet(params string[] arguments) =>
        BuiltProgram.Run(BuiltProgram.Start("dotnet", RepositoryTree.Root, arguments));
}
