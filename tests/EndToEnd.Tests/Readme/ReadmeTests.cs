using System.Text.RegularExpressions;
using LeNetServe.EndToEnd.Tests.Documents;
using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Readme;

/// <summary>README's commands and snippets run as they stand.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Models = Path.Combine(RepositoryTree.Root, "models");

    [Fact]
    public void Readme_FromTheTop_ShowsTheTwoCommandsFirst()
    {
        var first = ReadmeSnippet.Text.Split("```bash\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["dotnet run demo.cs", "dotnet test"], first.Select(line => line.Split('#')[0].Trim()));
        Assert.True(File.Exists(Path.Combine(RepositoryTree.Root, "demo.cs")));
    }

    [Fact]
    public void Snippets_InReadme_AreAllRunByATest()
    {
        var tests = string.Concat(new[] { "EndToEnd.Tests/Readme/ReadmeTests.cs", "Exporter.Tests/Interoperability/SnippetTests.cs" }
            .Select(path => File.ReadAllText(Path.Combine(RepositoryTree.Root, "tests", path))));
        var blocks = Regex.Count(ReadmeSnippet.Text, @"^```(?:bash|csharp|python|javascript)", RegexOptions.Multiline);

        Assert.All(ReadmeSnippet.Names, name => Assert.Contains($"\"{name}\"", tests));
        Assert.Equal(blocks - 1, ReadmeSnippet.Names.Count); // the first block is the demo and the tests themselves
    }

    [Fact]
    public void Links_InTheDocuments_LeadSomewhere()
    {
        var broken =
            from document in Directory.GetFiles(RepositoryTree.Root, "*.md")
                .Concat(Directory.GetFiles(Path.Combine(RepositoryTree.Root, "docs"), "*.md", SearchOption.AllDirectories))
            from Match link in Links().Matches(File.ReadAllText(document))
            let target = link.Groups["target"].Value
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, target))
            select $"{RepositoryTree.Relative(document)}: {target}";

        Assert.Empty(broken);
    }

    [Fact]
    public async Task TrainYourOwn_InAClone_EndsWithAVerifiedModel()
    {
        using var clone = new SnippetFolder();

        (await clone.Bash(ReadmeSnippet.Code("train"))).Expect(ExitCode.Success);

        Assert.True(File.Exists(Path.Combine(clone.Root, "models", "my-digits", "1", "model.onnx")));
    }

    [Fact]
    public async Task Score_TheSampleImages_GivesARowEach()
    {
        using var clone = new SnippetFolder();

        (await clone.Bash(ReadmeSnippet.Code("score"))).Expect(ExitCode.Success);

        Assert.Equal(
            Directory.GetFiles(Path.Combine(RepositoryTree.Root, "docs", "digits"), "*.png", SearchOption.AllDirectories).Length,
            File.ReadLines(Path.Combine(clone.Root, "scores.jsonl")).Count());
    }

    [Fact]
    public async Task Serve_InAFreshClone_AnswersTheCallOfCurl()
    {
        Assert.SkipWhen(await DocumentRun.WhyNot() is not null, await DocumentRun.WhyNot() ?? "");
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "curl is not installed");
        using var run = new DocumentRun(RepositoryTree.Root);
        var blocks = DocumentBlock.Of("README.md", ReadmeSnippet.Text).ToLookup(block => block.Marks.GetValueOrDefault("test"));
        var serve = blocks["serve"].Single();
        serve = serve with { Marks = new Dictionary<string, string>(serve.Marks) { ["server"] = "" } };

        var result = await run.Run("README.md", [serve, blocks["curl"].Single()]);

        Assert.True(result.ExitCode == 0, result.Error + result.Output);
        Assert.Contains("\"label\": \"7\"", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CSharp_AgainstTheShippedModel_ReadsASeven()
    {
        using var clone = new SnippetFolder();
        await using var server = await ServerProcess.Start(Models);
        var file = Path.Combine(RepositoryTree.Root, "artifacts", $"snippet-{Guid.NewGuid():N}.cs");
        await File.WriteAllTextAsync(
            file, SnippetFolder.OnPortsOf(server, ReadmeSnippet.Code("csharp"))
                .Replace("src/", $"{RepositoryTree.Root}/src/"), TestContext.Current.CancellationToken);
        try
        {
            var said = (await BuiltProgram.Run(BuiltProgram.Start("dotnet", clone.Root, ["run", file]))).Expect(ExitCode.Success);

            Assert.StartsWith("7 ", said.Output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Curl_AgainstTheShippedModel_ReadsASeven()
    {
        await SkipWithout("curl", "curl --version");

        Assert.Contains("\"label\":\"7\"", (await RunAgainstServer("curl")).Replace(" ", ""));
    }

    [Fact]
    public async Task Grpcurl_AgainstTheShippedModel_ReadsASeven()
    {
        await SkipWithout("grpcurl", "grpcurl --version");

        Assert.Contains("\"label\": \"7\"", await RunAgainstServer("grpcurl"));
    }

    [Fact]
    public async Task Python_AgainstTheShippedModel_ReadsASeven()
    {
        await SkipWithout("python3-grpcio and python3-grpc-tools", "python3 -c 'import grpc, grpc_tools'");
        using var clone = new SnippetFolder();
        await using var server = await ServerProcess.Start(Models);
        (await clone.Bash(ReadmeSnippet.Code("python-stubs"))).Expect(ExitCode.Success);
        await File.WriteAllTextAsync(
            Path.Combine(clone.Root, "call.py"), SnippetFolder.OnPortsOf(server, ReadmeSnippet.Code("python")),
                TestContext.Current.CancellationToken);

        var said = (await clone.Bash("python3 call.py")).Expect(ExitCode.Success);

        Assert.StartsWith("7 ", said.Output);
    }

    private static async Task<string> RunAgainstServer(string snippet)
    {
        using var clone = new SnippetFolder();
        await using var server = await ServerProcess.Start(Models);
        return (await clone.Bash(ReadmeSnippet.Code(snippet), server)).Expect(ExitCode.Success).Output;
    }

    private static async Task SkipWithout(string what, string probe)
    {
        using var clone = new SnippetFolder();
        Assert.SkipUnless((await clone.Bash(probe)).ExitCode == 0, $"{what} is not installed");
    }

    [GeneratedRegex(@"\]\((?!https?:|#)(?<target>[^)#]+)")]
    private static partial Regex Links();
}
