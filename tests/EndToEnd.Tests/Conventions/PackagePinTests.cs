using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>Directory.Packages.props pins the versions of packages that are used, and of no others.</summary>
public sealed partial class PackagePinTests
{
    [Fact]
    public void Pins_InTheCentralFile_AreUsed()
    {
        var file = XDocument.Load(Path.Combine(RepositoryTree.Root, "Directory.Packages.props"));
        var pins = file.Descendants("PackageVersion").Select(pin => (string)pin.Attribute("Include")!);
        var used = ProjectFiles().SelectMany(Referenced).Concat(Restored()).ToHashSet(StringComparer.OrdinalIgnoreCase);

        var unused =
            from pin in pins
            where !used.Any(name => pin.Equals(name, StringComparison.OrdinalIgnoreCase) || IsOneOf(name, pin))
            select pin;

        Violations.AssertNone(unused);
    }

    /// <summary>True if a reference with a variable, such as <c>libtorch-cpu-$(RuntimeIdentifier)</c>, can mean the pin.</summary>
    private static bool IsOneOf(string name, string pin) =>
        name.Split("$(") is [{ Length: > 0 } prefix, _] && pin.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> ProjectFiles() =>
        from file in RepositoryTree.TrackedFiles
        where Path.GetExtension(file) is ".csproj" or ".targets" || Path.GetFileName(file) == "Directory.Build.props"
        select Path.Combine(RepositoryTree.Root, file);

    private static IEnumerable<string> Referenced(string project) =>
        from reference in XDocument.Load(project).Descendants("PackageReference")
        let name = (string?)reference.Attribute("Include")
        where name is not null
        select name;

    /// <summary>Packages that a restore found through other packages: a pin may raise the version of one of them.</summary>
    private static IEnumerable<string> Restored() =>
        from file in Directory.EnumerateFiles(
            Path.Combine(RepositoryTree.Root, "artifacts", "obj"), "project.assets.json", SearchOption.AllDirectories)
        from Match match in Library().Matches(File.ReadAllText(file))
        select match.Groups["name"].Value;

    [GeneratedRegex(@"^\s+""(?<name>[\w.-]+)/[\d.]+[\w.-]*"": \{", RegexOptions.Multiline)]
    private static partial Regex Library();
}
