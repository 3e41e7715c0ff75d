using System.Xml.Linq;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>Programs meet only in files, and a reference points to a strictly lower rank.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, int> Ranks = new()
    {
        ["LeNet"] = 0,
        ["Protocol"] = 0,
        ["Runtime"] = 1,
        ["Client"] = 1,
        ["Cli"] = 1,
        ["Trainer"] = 2,
        ["Exporter"] = 2,
        ["InferenceServer"] = 2,
        ["BatchScorer"] = 2,
    };

    [Fact]
    public void Projects_UnderSrc_AreTheRankedOnes() =>
        Assert.Equal(Ranks.Keys.Order(), RepositoryTree.Projects.Select(Path.GetFileNameWithoutExtension).Order());

    [Fact]
    public void References_OfEveryProject_PointToALowerRank()
    {
        var wrong =
            from project in RepositoryTree.Projects
            let name = Path.GetFileNameWithoutExtension(project)
            from reference in Items(project, "ProjectReference")
            let target = Path.GetFileNameWithoutExtension(reference.Replace('\\', '/'))
            where !Ranks.TryGetValue(target, out var rank) || rank >= Ranks[name]
            select $"{name} references {target}";

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("TorchSharp", "Trainer")]
    [InlineData("libtorch", "Trainer")]
    [InlineData("Microsoft.ML.OnnxRuntime", "Runtime")]
    public void Packages_WithAHeavyNativeLibrary_HaveOneOwner(string prefix, string owner)
    {
        var others =
            from project in RepositoryTree.Projects
            let name = Path.GetFileNameWithoutExtension(project)
            where name != owner
            from package in Items(project, "PackageReference")
            where package.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            select $"{name} references {package}";

        Assert.Empty(others);
    }

    [Fact]
    public void Packages_OfEveryProject_HaveTheirVersionInOnePlace()
    {
        var versioned =
            from folder in new[] { "src", "tests", "benchmarks", "samples" }
            let path = Path.Combine(RepositoryTree.Root, folder)
            where Directory.Exists(path)
            from project in Directory.EnumerateFiles(path, "*.csproj", SearchOption.AllDirectories)
            from reference in XDocument.Load(project).Descendants("PackageReference")
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
            select $"{RepositoryTree.Relative(project)}: {reference}";

        Assert.Empty(versioned);
    }

    private static IEnumerable<string> Items(string project, string kind) =>
        from item in XDocument.Load(project).Descendants(kind)
        let include = (string?)item.Attribute("Include")
        where include is not null
        select include;
}
