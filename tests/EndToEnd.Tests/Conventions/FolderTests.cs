using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>Folders of a project use each other in one direction, so that each can be read without those above it.</summary>
public sealed partial class FolderTests
{
    /// <summary>The server's folders in the order of a request's way. A folder uses only folders after it.</summary>
    private static readonly string[] ServerRings =
    [
        "Hosting",
        "Api/Page", "Api/Classify", "Api/OpenInference", "Api/Health", "Api/Metrics",
        "Api",
        "Access",
        "Inference",
        "Models",
        "Recording",
        "Errors", "Configuration",
    ];

    public static TheoryData<string> Projects => new(RepositoryTree.Projects.Select(project => Path.GetFileNameWithoutExtension(project)!));

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

    [Fact]
    public void Folders_OfTheServer_UseOnlyTheRingsBelow()
    {
        var uses = Uses("InferenceServer", Ring);

        var upward =
            from use in uses
            from target in use.Value
            where Array.IndexOf(ServerRings, target) <= Array.IndexOf(ServerRings, use.Key)
            select $"{use.Key} uses {target}";

        Violations.AssertNone(uses.Keys.Except(ServerRings));
        Violations.AssertNone(upward);
    }

    private static string Ring(string path) =>
        string.Join('/', path.Split('/').Take(path.StartsWith("Api/", StringComparison.Ordinal) ? 2 : 1));

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

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
