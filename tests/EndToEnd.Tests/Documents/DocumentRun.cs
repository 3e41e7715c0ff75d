using System.Text;
using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>
/// Runs a document's commands in a clone of its repository, in their order and in one shell. A network namespace of its own keeps the
/// servers' usual ports free, and the clone is deleted afterwards.
/// </summary>
internal sealed class DocumentRun(string repository) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Clone => folder.Combine("clone");

    /// <summary>Gets the reason for which this machine has no network namespaces; null if it has.</summary>
    public static async Task<string?> WhyNot()
    {
        if (!OperatingSystem.IsLinux())
            return "network namespaces are Linux's";
        var result = await BuiltProgram.Run(BuiltProgram.Start("unshare", "/", [.. Unshare, "ip", "link", "set", "lo", "up"]));
        return result.ExitCode == 0 ? null : $"no network namespace: {result.Error.Trim()}";
    }

    /// <summary>Runs the blocks of a document that are not excused.</summary>
    /// <returns>The output, with the place of each block before its own; the exit code is 0 if all blocks ended as expected.</returns>
    public async Task<ProgramResult> Run(string document, IEnumerable<DocumentBlock> blocks)
    {
        (await BuiltProgram.Run(BuiltProgram.Start("git", "/", ["clone", "-q", "--no-local", repository, Clone]))).Expect(ExitCode.Success);
        var script = folder.Combine("run.sh");
        await File.WriteAllTextAsync(script, Script(blocks), TestContext.Current.CancellationToken);
        var result = await BuiltProgram.Run(BuiltProgram.Start("unshare", Clone, [.. Unshare, "bash", script]));
        if (result.ExitCode != 0)
            return result with { Error = $"{document} failed at {LastPlace(result.Output)}\n{result.Error}" };
        var status = await BuiltProgram.Run(BuiltProgram.Start("git", Clone, ["status", "--porcelain"]));
        return status.Output.Length == 0
            ? result
            : result with { ExitCode = 1, Error = $"{document} leaves files behind:\n{status.Output}" };
    }

    public void Dispose() => folder.Dispose();

    // An ordinary user needs a user namespace to make another one.
    private static string[] Unshare => Environment.IsPrivilegedProcess ? ["--net"] : ["--user", "--map-root-user", "--net"];

    private string Script(IEnumerable<DocumentBlock> blocks)
    {
        var script = new StringBuilder("""
            set -euo pipefail
            ip link set lo up
            servers=() saved=()
            finish() {
              for server in "${servers[@]}"; do kill -TERM -- "-$server" 2>/dev/null || true; done
              for file in "${saved[@]}"; do rm -f "$file"; done
            }
            trap finish EXIT
            ready() {
              for _ in $(seq 600); do
                if curl -sf -o /dev/null http://localhost:8000/readyz; then return 0; fi
                kill -0 "$1" 2>/dev/null || return 1
                sleep 0.2
              done
              return 1
            }

            """);
        foreach (var (number, block) in blocks.Where(block => block.Excuse is null && (block.IsCommands || block.IsProgram)).Index())
        {
            var file = folder.Combine($"block-{number}");
            File.WriteAllText(file, block.Code);
            script.Append(System.Globalization.CultureInfo.InvariantCulture, $"echo '@@ {block.Place}'\n{Commands(block, file)}\n");
        }
        return script.ToString();
    }

    private static string Commands(DocumentBlock block, string file)
    {
        if (block.IsProgram)
        {
            if (!block.Marks.TryGetValue("file", out var name))
                return $"echo 'the program at {block.Place} has no file name' >&2; exit 98";
            var run = block.Marks.GetValueOrDefault("run", "true");
            return $"cp '{file}' '{name}'; saved+=(\"$PWD/{name}\")\n{run}";
        }
        if (block.Marks.ContainsKey("server"))
            return $"setsid bash -euo pipefail '{file}' & servers+=($!); ready $!";
        if (block.Marks.TryGetValue("exit", out var code))
            return $"code=0; bash -euo pipefail '{file}' || code=$?; [ $code = {code} ]";
        return $"source '{file}'";
    }

    private static string LastPlace(string output) =>
        output.Split('\n').LastOrDefault(line => line.StartsWith("@@ ", StringComparison.Ordinal))?[3..] ?? "its start";
}
