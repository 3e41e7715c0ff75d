using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Readme;

/// <summary>
/// A folder that looks like a clone to README's commands: <c>docs</c>, <c>protos</c>, <c>src</c> and the shipped models are there, and
/// <c>dotnet run --project src/X --</c> runs the X that was built with the tests. The folder is deleted with all that the commands wrote.
/// </summary>
internal sealed class SnippetFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public SnippetFolder()
    {
        foreach (var name in new[] { "docs", "protos", "src" })
            Directory.CreateSymbolicLink(folder.Combine(name), Path.Combine(RepositoryTree.Root, name));
        var models = Path.Combine(RepositoryTree.Root, "models");
        foreach (var file in Directory.Exists(models) ? Directory.GetFiles(models, "*", SearchOption.AllDirectories) : [])
        {
            var copy = folder.Combine("models", Path.GetRelativePath(models, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Root => folder.Path;

    /// <summary>Runs a shell snippet, its ports replaced by the server's.</summary>
    public Task<ProgramResult> Bash(string code, ServerProcess? server = null) =>
        BuiltProgram.Run(BuiltProgram.Start("bash", Root, ["-euo", "pipefail", "-c", $"{Prelude}\n{OnPortsOf(server, code)}"]));

    /// <summary>The code with the server's ports in place of the default ones.</summary>
    public static string OnPortsOf(ServerProcess? server, string code) => server is null
        ? code
        : code.Replace("localhost:8001", $"127.0.0.1:{server.GrpcPort}").Replace("localhost:8000", $"127.0.0.1:{server.HttpPort}");

    public void Dispose() => folder.Dispose();

    // Debian's own interpreter has the packages that .ci/install brings.
    private static string Prelude => $$"""
        dotnet() {
          local project=
          if [ "$1" = run ]; then
            while [ "$1" != -- ]; do
              if [ "$1" = --project ]; then project=$(basename "$2"); fi
              shift
            done
            shift
            command dotnet "{{RepositoryTree.Output}}/$project/{{RepositoryTree.Configuration}}/LeNetServe.$project.dll" "$@"
          else
            command dotnet "$@"
          fi
        }
        python3() { if [ -x /usr/bin/python3 ]; then /usr/bin/python3 "$@"; else command python3 "$@"; fi; }
        """;
}
