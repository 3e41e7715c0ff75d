namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>The commands and programs of every document run as they stand.</summary>
public sealed class DocumentTests(ITestOutputHelper output)
{
    public static TheoryData<string> Documents => new(
        RepositoryTree.TrackedFiles.Where(file => file.EndsWith(".md", StringComparison.Ordinal) && Blocks(file).Any(IsRun)));

    /// <summary>Explicit, because each clone builds the programs that its document names: <c>--explicit only</c> runs it.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(Documents))]
    public async Task Commands_OfADocument_RunInAFreshClone(string document)
    {
        Assert.SkipWhen(await DocumentRun.WhyNot() is not null, await DocumentRun.WhyNot() ?? "");
        using var run = new DocumentRun(RepositoryTree.Root);

        var result = await run.Run(document, Blocks(document));

        output.WriteLine(result.Output);
        Assert.True(result.ExitCode == 0, result.Error + result.Output);
    }

    [Fact]
    public void Blocks_ThatAreNotRun_SayWhy()
    {
        var excused = RepositoryTree.TrackedFiles.Where(file => file.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(Blocks).Where(block => block.Excuse is not null).ToArray();

        foreach (var block in excused)
            output.WriteLine($"{block.Place}: {block.Excuse}");
        Assert.All(excused, block => Assert.True(block.Excuse!.Split(' ').Length >= 3, $"{block.Place} has no reason"));
    }

    private static bool IsRun(DocumentBlock block) => block.Excuse is null && (block.IsCommands || block.IsProgram);

    private static IReadOnlyList<DocumentBlock> Blocks(string file) =>
        DocumentBlock.Of(file, File.ReadAllText(Path.Combine(RepositoryTree.Root, file)));
}
