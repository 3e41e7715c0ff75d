using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>The runner of documents, tried on small repositories.</summary>
public sealed class DocumentRunTests
{
    [Fact]
    public async Task Run_ADocument_RunsItsBlocksInOrderWithItsServer()
    {
        var result = await Run("""
            ```bash
            greeting=hello
            touch out/readyz && echo "$greeting" > out/page
            ```

            <!-- server -->
            ```bash
            python3 -m http.server 8000 --directory out
            ```

            <!-- file: call.py -->
            <!-- run: python3 call.py -->
            ```python
            import urllib.request
            print(urllib.request.urlopen("http://localhost:8000/page").read().decode() + "from a program")
            ```

            ```json
            { "data": "is not run" }
            ```

            <!-- not run: it needs a GPU -->
            ```bash
            exit 3
            ```

            <!-- exit: 4 -->
            ```bash
            exit 4
            ```

            ```bash
            test "$greeting" = hello
            curl -s http://localhost:8000/page
            ```
            """);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("hello\nfrom a program\n", result.Output.Replace("\n\n", "\n"));
        Assert.Equal(5, result.Output.Split("@@ README.md:").Length - 1);
    }

    [Theory]
    [InlineData("```bash\nfalse\n```", "README.md failed at README.md:1")]
    [InlineData("Text.\n\n<!-- server -->\n```bash\nfalse\n```", "README.md failed at README.md:4")]
    [InlineData("```bash\ntrue\n```\n\n```csharp\nprogram\n```", "README.md failed at README.md:5")]
    [InlineData("```bash\ntouch left-behind\n```", "README.md leaves files behind:\n?? left-behind")]
    public async Task Run_ABlockThatFails_IsNamed(string document, string expected)
    {
        var result = await Run(document);

        Assert.NotEqual(0, result.ExitCode);
        Assert.StartsWith(expected, result.Error, StringComparison.Ordinal);
    }

    private static async Task<ProgramResult> Run(string document)
    {
        Assert.SkipWhen(await DocumentRun.WhyNot() is not null, await DocumentRun.WhyNot() ?? "");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Combine("out"));
        await File.WriteAllTextAsync(folder.Combine("out", ".gitignore"), "*\n!.gitignore\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.Combine("README.md"), document, TestContext.Current.CancellationToken);
        const string Commit = "git init -q && git add -A && git -c user.name=test -c user.email=test@localhost commit -qm test";
        (await BuiltProgram.Run(BuiltProgram.Start("bash", folder.Path, ["-c", Commit]))).Expect(ExitCode.Success);
        using var run = new DocumentRun(folder.Path);
        return await run.Run("README.md", DocumentBlock.Of("README.md", document));
    }
}
