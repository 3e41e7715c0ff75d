using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>Folders of a project use each other in one direction, so that each can be read without those above it.</summary>
public sealed partial class FolderTests
{
    /// <summary>The items of docs/architecture.md that give a project's folders in an order.</summary>
    private static readonly Dictionary<string, string> OrderOf =
        Order().Matches(File.ReadAllText(Path.Combine(RepositoryTree.Root, "docs", "architecture.md")).Replace("\n  ", " "))
            .ToDictionary(item => item.Groups["project"].Value, item => item.Groups["order"].Value);

    private static readonly string[] Names = [.. RepositoryTree.Projects.Select(project => Path.GetFileNameWithoutExtension(project)!)];

    public static TheoryData<string> Projects => new(Names);

    public static TheoryData<string> Ordered => new(OrderOf.Keys);

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_FormNoCircle(string project)
    {
        var uses = Uses(project, path => path.Split('/')[0]);

        var circles =
            from folder in uses.Keys
            let way = Way(uses, folder, folder, [])
            where way is not null
            select string.Join(" → ", way);

        Violations.AssertNone(circles);
    }

    [Theory]
    [MemberData(nameof(Ordered))]
    public void Folders_OfAProject_UseOnlyThoseBehindAnArrow(string project)
    {
        var places = OrderOf[project].Split(" → ").Index()
            .SelectMany(ring => ring.Item.Split(", ").Select(folder => (folder, ring.Index)))
            .ToDictionary(pair => pair.folder, pair => pair.Index);
        var outer = places.Keys.Where(folder => folder.Contains('/')).Select(folder => folder.Split('/')[0]).ToHashSet();
        var uses = Uses(project, path => string.Join('/', path.Split('/').Take(outer.Contains(path.Split('/')[0]) ? 2 : 1)));

        Violations.AssertNone(uses.Keys.Except(places.Keys).Select(folder => $"{folder} is missing in docs/architecture.md"));
        Violations.AssertNone(places.Keys.Except(uses.Keys).Select(folder => $"{folder} in docs/architecture.md is not a folder"));
        Violations.AssertNone(
            from use in uses
            from target in use.Value
            where places[target] <= places[use.Key]
            select $"{use.Key} uses {target}");
    }

    [Fact]
    public void Orders_OfProjectsWhoseFoldersUseEachOther_AreInTheDocument() =>
        Violations.AssertNone(
            Names.Where(project => Uses(project, path => path.Split('/')[0]).Values.Any(targets => targets.Count > 0)).Except(OrderOf.Keys)
                .Select(project => $"{project} is missing in docs/architecture.md"));

    /// <summary>
    /// The folders that each folder uses, by its using directives and by names with a namespace. The compiler refuses an unused directive.
    /// </summary>
    private static Dictionary<string, HashSet<string>> Uses(string project, Func<string, string> folderOf)
    {
        var root = Path.Combine(RepositoryTree.Root, "src", project);
        var files = (
            from file in RepositoryTree.Sources(Path.Combine("src", project))
            let path = Path.GetRelativePath(root, file).Replace('\\', '/')
            where path.Contains('/')
            let text = File.ReadAllText(file)
            let folder = folderOf(path[..path.LastIndexOf('/')] + "/").TrimEnd('/')
            select (Folder: folder, Text: text, Namespace: Namespace().Match(text).Groups["name"].Value)).ToArray();
        var folders = files.Where(file => file.Namespace.Length > 0)
            .GroupBy(file => file.Namespace, file => file.Folder)
            .ToDictionary(group => group.Key, group => group.First());

        var uses = files.Select(file => file.Folder).Distinct().ToDictionary(folder => folder, _ => new HashSet<string>());
        foreach (var file in files)
        {
            foreach (var (name, target) in folders)
            {
                if (target != file.Folder && Regex.IsMatch(file.Text, $@"(?<![\w.]){Regex.Escape(name)}(;|\.[A-Z]\w*(?!\w*[.;]))"))
                    uses[file.Folder].Add(target);
            }
        }
        return uses;
    }

    private static List<string>? Way(Dictionary<string, HashSet<string>> uses, string from, string to, HashSet<string> seen)
    {
        foreach (var next in uses[from])
        {
            if (next == to)
                return [from, to];
            if (seen.Add(next) && Way(uses, next, to, seen) is { } way)
                return [from, .. way];
        }
        return null;
    }

    [GeneratedRegex(@"^- `src/(?<project>\w+)`: (?<order>[\w/]+(, [\w/]+)*( → [\w/]+(, [\w/]+)*)+)$", RegexOptions.Multiline)]
    private static partial Regex Order();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
