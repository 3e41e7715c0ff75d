using LeNetServe.EndToEnd.Tests.Packages;
using LeNetServe.EndToEnd.Tests.Programs;

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

    /// <summary>The scorer is native code if this machine has the compiler's package and a linker.</summary>
    [Theory]
    [InlineData("scores.csv")]
    [InlineData("scores.jsonl")]
    [InlineData("scores.parquet")]
    public async Task Install_NativeScorer_WritesTheBytesOfTheManagedOne(string rows)
    {
        Assert.SkipWhen(clone.Obstacle is not null, clone.Obstacle ?? "");
        var managed = Directory.GetFiles(Path.Combine(clone.Tools, ".store"), "LeNetServe.BatchScorer.dll", SearchOption.AllDirectories);
        Assert.SkipWhen(managed.Length > 0, "the package of the native compiler, or a linker, is not on this machine");
        using var expected = new TemporaryFolder();
        using var found = new TemporaryFolder();
        string[] score = ["score", "docs/digits", "--model", "models/lenet5-mnist", "--preview", "9", "--out"];

        (await BuiltProgram.Run("BatchScorer", clone.Root, [.. score, expected.Combine(rows)])).Expect(ExitCode.Success);
        (await clone.Run($"lenetserve-score {string.Join(' ', score)} '{found.Combine(rows)}'", isolated: false)).Expect(ExitCode.Success);

        var files = Directory.GetFiles(expected.Path).Select(Path.GetFileName).Order().ToArray();
        Assert.Equal(files, Directory.GetFiles(found.Path).Select(Path.GetFileName).Order());
        Assert.Contains("scores.summary.json", files);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(expected.Combine(file!)), File.ReadAllBytes(found.Combine(file!))));
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
