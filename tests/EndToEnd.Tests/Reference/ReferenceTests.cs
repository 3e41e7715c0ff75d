using System.Text.RegularExpressions;
using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Reference;

/// <summary>
/// The pages under docs/reference come from what the programs say of themselves. LENETSERVE_WRITE_REFERENCE=1 writes the pages anew.
/// </summary>
public sealed partial class ReferenceTests
{
    private const string Note =
        "<!-- Generated: LENETSERVE_WRITE_REFERENCE=1 dotnet test --project tests/EndToEnd.Tests writes this page anew. -->";

    [Fact]
    public async Task Commands_OfThePrograms_AreThoseOnThePage()
    {
        var page = new List<string> { "# Commands and options", "", Note };
        foreach (var project in (string[])["Trainer", "Exporter", "BatchScorer"])
        {
            var help = await Help(project);
            page.AddRange(["", $"## {help.Program}", "", help.Description]);
            foreach (var command in help.Commands)
            {
                var parent = await Help(project, command);
                page.AddRange(parent.ToMarkdown());
                foreach (var child in parent.Commands)
                    page.AddRange((await Help(project, command, child)).ToMarkdown());
            }
        }

        await Check("commands.md", page);
    }

    [Theory]
    [InlineData("Trainer", "lenetserve-train")]
    [InlineData("Exporter", "lenetserve-export")]
    [InlineData("BatchScorer", "lenetserve-score")]
    public async Task Help_OfEachCommand_HasExamplesAndShortSections(string project, string tool)
    {
        var root = await Help(project);

        Assert.True(root.Examples.Count >= 3, $"{tool} has {root.Examples.Count} examples");
        foreach (var command in root.Commands)
        {
            var help = await Help(project, command);
            Assert.NotEmpty(help.Examples);
            Assert.All(help.Examples, example => Assert.Contains($"{tool} {command}", example.Replace("merge", command)));
            // A longer table is not read.
            Assert.All(help.Tables, table => Assert.InRange(table.Count, 0, 12));
            // Each option stands in one section.
            var names = help.Tables.SelectMany(table => table).Select(row => row.Name).ToList();
            Assert.Equal(names.Distinct(), names);
        }
    }

    [Theory]
    [InlineData("Trainer", "lenetserve-train")]
    [InlineData("Exporter", "lenetserve-export")]
    [InlineData("InferenceServer", "lenetserve-serve")]
    [InlineData("BatchScorer", "lenetserve-score")]
    public async Task Version_OfEachProgram_IsItsNameAndTheVersion(string project, string tool)
    {
        var said = (await BuiltProgram.Run(project, RepositoryTree.Root, "--version")).Expect(ExitCode.Success).Output;

        Assert.Equal($"{tool} {ProductVersion.Text}", said.TrimEnd());
    }

    [Fact]
    public async Task Settings_OfTheServer_AreThoseOnThePage()
    {
        var help = (await BuiltProgram.Run("InferenceServer", RepositoryTree.Root, "--help")).Expect(ExitCode.Success).Output;
        var page = new List<string>
        {
            "# Settings of the server", "", Note, "",
            "A setting comes from a config file, from the environment (`Section__Key`) or from the command line (`--Section:Key`).",
            "The last one counts.",
            "", "## Options of `lenetserve-serve`", "",
            "Many settings have a short option. Its value is the setting's.",
            "", "| option | meaning |", "|---|---|",
        };
        page.AddRange(
            from Match option in Option().Matches(help)
            select $"| `{option.Groups["name"].Value}` | {Cell(option.Groups["text"].Value)} |");
        page.AddRange(["", "## Settings", "", "| setting | meaning |", "|---|---|"]);
        page.AddRange(
            from Match setting in Setting().Matches(help)
            select $"| `{setting.Groups["name"].Value}` | {Cell(setting.Groups["text"].Value)} |");

        Assert.True(page.Count > 40, $"only {page.Count} lines were found in the help");
        await Check("settings.md", page);
    }

    [Fact]
    public async Task Metrics_OfAServedModel_AreThoseOnThePage()
    {
        // With tokens, because they have metrics of their own.
        using var folder = new TemporaryFolder();
        var tokens = Path.Combine(folder.Path, "tokens");
        await File.WriteAllTextAsync(tokens, "a-token-of-the-test-of-metrics\n", TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.Start(
            Path.Combine(RepositoryTree.Root, "models"), "--token-file", tokens, "--control-token-file", tokens);
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.HttpPort}") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "a-token-of-the-test-of-metrics");
        var image = new ByteArrayContent(await File.ReadAllBytesAsync(
            Path.Combine(RepositoryTree.Root, "docs", "digits", "7", "1.png"), TestContext.Current.CancellationToken));
        image.Headers.ContentType = new("image/png");
        using var answer = await http.PostAsync("/v1/models/lenet5-mnist:classify", image, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
        var text = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var page = new List<string> { "# Metrics of the server", "", Note, "", "| metric | type | meaning |", "|---|---|---|" };
        page.AddRange(
            from Match metric in Metric().Matches(text)
            select $"| `{metric.Groups["name"].Value}` | {metric.Groups["type"].Value} | {Cell(metric.Groups["help"].Value)} |");

        Assert.True(page.Count > 12, $"only {page.Count} lines were found in /metrics");
        await Check("metrics.md", page);
    }

    [Fact]
    public async Task ExitCodes_OfThePrograms_AreThoseOnThePage()
    {
        var source = await File.ReadAllTextAsync(
            Path.Combine(RepositoryTree.Root, "src", "LeNet", "ExitCode.cs"), TestContext.Current.CancellationToken);
        var page = new List<string> { "# Exit codes of all programs", "", Note, "", "| code | name | meaning |", "|---|---|---|" };
        page.AddRange(
            from Match code in Code().Matches(source)
            let text = Cell(code.Groups["text"].Value.Replace("///", ""))
            select $"| {code.Groups["number"].Value} | {code.Groups["name"].Value} | {text} |");

        Assert.Equal(Enum.GetValues<ExitCode>().Length, page.Count - 6);
        await Check("exit-codes.md", page);
    }

    private static async Task Check(string name, IEnumerable<string> lines)
    {
        var path = Path.Combine(RepositoryTree.Root, "docs", "reference", name);
        var text = string.Join('\n', lines) + "\n";
        if (Environment.GetEnvironmentVariable("LENETSERVE_WRITE_REFERENCE") == "1")
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        Assert.Equal(text, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    // Help says where the user's data sets are; the page does not.
    private static async Task<CommandHelp> Help(string project, params string[] command)
    {
        string[] arguments = ["-u", "LENETSERVE_DATA", "dotnet", BuiltProgram.PathOf(project), .. command, "--help"];
        return CommandHelp.Parse(
            (await BuiltProgram.Run(BuiltProgram.Start("env", RepositoryTree.Root, arguments))).Expect(ExitCode.Success).Output);
    }

    private static string Cell(string text) => Spaces().Replace(text, " ").Trim().Replace("|", "\\|");

    // A name on a line of its own, its text on the lines below, which are indented further.
    [GeneratedRegex(@"^  (?<name>[A-Z][\w:*]*).*\n(?<text>(?:    +.*\n)+)", RegexOptions.Multiline)]
    private static partial Regex Setting();

    // A name and its value, spaces, and the text.
    [GeneratedRegex(@"^  (?<name>--\S+( [A-Z]+)?)  +(?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex(@"^# HELP (?<name>\w+) (?<help>.*)\n# TYPE \w+ (?<type>\w+)", RegexOptions.Multiline)]
    private static partial Regex Metric();

    [GeneratedRegex(@"<summary>(?<text>[^<]*)</summary>\s*(?<name>\w+) = (?<number>\d+)")]
    private static partial Regex Code();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
