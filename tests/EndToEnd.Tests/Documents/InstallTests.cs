using LeNetServe.EndToEnd.Tests.Packages;

namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>The four programs as .NET tools, as README's command installed them in the clone.</summary>
[Collection<DocumentClones>]
public sealed class InstallTests(DocumentClone clone)
{
    private static readonly string[] Tools = ["lenetserve-train", "lenetserve-export", "lenetserve-serve", "lenetserve-score"];

    [Fact]
    public async Task Install_ByTheCommandOfReadme_EveryToolTellsItsVersionAndSize()
    {
        Assert.SkipWhen(clone.Obstacle is not null, clone.Obstacle ?? "");
        foreach (var tool in Tools)
        {
            var version = await clone.Run($"{tool} --version", isolated: false);
            Assert.Matches("[0-9]+[.][0-9]+[.][0-9]+", version.Expect(ExitCode.Success).Output);
            Assert.Matches($"{tool}: installed, [0-9]+ MB", clone.Installed);
        }
    }

    [Fact]
    public void Install_Packages_HaveIconLicenseAndReadme()
    {
        Assert.SkipWhen(clone.Obstacle is not null, clone.Obstacle ?? "");

        // The store has each package under two names.
        var packages = Directory.GetFiles(Path.Combine(clone.Tools, ".store"), "*.nupkg", SearchOption.AllDirectories)
            .DistinctBy(Path.GetDirectoryName).ToArray();

        Assert.Equal(Tools.Length, packages.Length);
        Assert.All(packages, package => Assert.Equal(
            "DotnetToolRidPackage", (string?)PackedPackage.Check(package)["packageTypes"].Elements().Single().Attribute("name")));
    }

    /// <summary>Works on a copy of the installed tools, because the documents' commands need them.</summary>
    [Fact]
    public async Task Uninstall_OfAFolder_RemovesEveryTool()
    {
        Assert.SkipWhen(clone.Obstacle is not null, clone.Obstacle ?? "");

        var removed = await clone.Run($"""
            set -e
            cp -al '{clone.Tools}' ../tools
            dotnet run install.cs -- --uninstall --tool-path ../tools
            ls ../tools
            """, isolated: false);

        Assert.Equal("4 tools were uninstalled\n", removed.Expect(ExitCode.Success).Output);
        Assert.All(Tools, tool => Assert.True(File.Exists(Path.Combine(clone.Tools, tool))));
    }

    [Fact]
    public async Task Install_Help_NamesEveryOption()
    {
        Assert.SkipWhen(clone.Obstacle is not null, clone.Obstacle ?? "");

        var help = (await clone.Run("dotnet run install.cs -- --help", isolated: false)).Expect(ExitCode.Success).Output;

        Assert.All(["--tool-path DIR", "--uninstall", "--help"], option => Assert.Contains(option, help, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Install_AnUnknownWord_IsAUsageError()
    {
        Assert.SkipWhen(clone.Obstacle is not null, clone.Obstacle ?? "");

        var result = await clone.Run("dotnet run install.cs -- --tool-pat x", isolated: false);

        Assert.Contains("expected --tool-path DIR, --uninstall or --help", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }
}
