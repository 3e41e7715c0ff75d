using System.Text;

namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>Every command and program in every document runs as it stands, in the order of the document, in a fresh clone.</summary>
[Collection<DocumentClones>]
public sealed class DocumentTests(DocumentClone clone, ITestOutputHelper output)
{
    public static TheoryData<string> WithCommands => new(
        DocumentBlock.All.Where(block => block.IsCommand && Runs(block)).Select(block => block.File).Distinct());

    [Theory]
    [MemberData(nameof(WithCommands))]
    public async Task Commands_OfADocument_RunAsTheyStand(string document)
    {
        Assert.SkipWhen(clone.Obstacle is not null, clone.Obstacle ?? "");
        // Each server is a process group of its own, so that what it started ends with it.
        var script = new StringBuilder("""
            rm -rf runs scratch
            set -m
            trap 'for server in $(jobs -p); do kill -- -$server; done; wait' EXIT

            """);
        // The clone has run README's installation already.
        var install = DocumentBlock.Install;
        foreach (var block in DocumentBlock.All.Where(block => block.File == document && block != install && Runs(block)))
            script.AppendLine(IsHere(block) ? ScriptOf(block) : $"echo '== {block} does not run: {block.Needs} is not here'");

        var done = await clone.Run(script.ToString(), isolated: true);
        var changed = await clone.Run("git status --porcelain", isolated: false);

        output.WriteLine(done.Output);
        Assert.True(done.ExitCode == 0, $"exit code {done.ExitCode}\n{done.Output}\n{done.Error}");
        Assert.Equal("", changed.Output);
    }

    [Fact]
    public void Blocks_ThatDoNotRun_SayWhy()
    {
        var code = DocumentBlock.All.Where(block => block.IsCode).ToArray();

        var silent = code.Where(block => !block.IsCommand && block.FileName is null && block.Reason is null && !HasTest(block));
        Assert.Equal([], silent.Select(block => $"{block}: a program needs a file name or a reason why it does not run"));
        foreach (var block in code.Where(block => block.Reason is not null))
        {
            output.WriteLine($"{block} does not run: {block.Reason}");
            Assert.True(block.Reason!.Split(' ').Length >= 3, $"{block}: \"{block.Reason}\" is not a reason");
        }
    }

    /// <summary>
    /// A model that a user made must not change what the tests of the repository find. <c>.ci/run</c> runs all tests beside such a model
    /// and a run. This test is for the clone, in which the documents' commands run too.
    /// </summary>
    [Fact]
    public async Task Tests_InAUsedClone_StillPass()
    {
        Assert.SkipWhen(clone.Obstacle is not null, clone.Obstacle ?? "");
        var used = await clone.Run("""
            mkdir -p models/my-digits/1 && cp models/lenet5-mnist/1/* models/my-digits/1/
            dotnet test --project tests/Exporter.Tests --filter-class '*InteroperabilityTests'
            """, isolated: false);

        Assert.True(used.ExitCode == 0, $"{used.Output}\n{used.Error}");
        await clone.Run("rm -r models/my-digits", isolated: false);
    }

    private static bool Runs(DocumentBlock block) => block.Reason is null && (block.IsCommand || block.FileName is not null);

    private static bool HasTest(DocumentBlock block) => block.Test is { } name
        && RepositoryTree.Sources("tests").Any(file => File.ReadAllText(file).Contains($"\"{name}\"", StringComparison.Ordinal));

    private static bool IsHere(DocumentBlock block) => block.Needs switch
    {
        "mnist" => RealData.TryMnist() is not null,
        "cifar10" => RealData.TryCifarJpeg() is not null,
        "protobuf-compiler-grpc" => File.Exists("/usr/bin/grpc_python_plugin") && File.Exists("/usr/include/google/protobuf/any.proto"),
        _ => true,
    };

    // Each block is a file, so that its text needs no quoting. A block ends the document when one of its commands fails.
    private static string ScriptOf(DocumentBlock block)
    {
        var path = block.FileName ?? "$HOME/block.sh";
        var write = $"""
            echo "== {block} after $SECONDS s"
            mkdir -p "$(dirname "{path}")"
            cat >"{path}" <<'END_OF_THE_BLOCK'
            """;
        var run = block.IsServer
            ? $$"""
              bash -euo pipefail "$HOME/block.sh" >"$HOME/server.log" 2>&1 &
              for _ in $(seq 1500); do grep -q '{{block.Ready}}' "$HOME/server.log" && break; sleep 0.2; done
              grep '{{block.Ready}}' "$HOME/server.log" || { cat "$HOME/server.log"; exit 99; }
              """
            : "timeout 900 bash -euo pipefail \"$HOME/block.sh\" </dev/null || exit $?";
        return $"{write}\n{block.Code}END_OF_THE_BLOCK\n{(block.FileName is null ? run : "")}";
    }
}
