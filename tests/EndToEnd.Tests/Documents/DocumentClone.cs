using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>
/// A fresh clone in which the commands of the documents run, with a home folder of its own. The four programs are installed there by
/// README's own command. Data sets are linked if this machine has them.
/// </summary>
public sealed class DocumentClone : IAsyncLifetime
{
    private const StringComparison Ordinal = StringComparison.Ordinal;
    private readonly TemporaryFolder folder = new();

    /// <summary>The clone's folder.</summary>
    internal string Root => folder.Combine("lenetserve");

    /// <summary>The reason why commands cannot run on this machine; null if they can.</summary>
    internal string? Obstacle { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("LENETSERVE_DOCUMENTS") != "1")
            Obstacle = "the documents' commands take ten minutes: LENETSERVE_DOCUMENTS=1 runs them";
        else if (await Code("unshare -n ip link set lo up") != 0)
            Obstacle = "no network namespace can be made here, and ports 8000 and 8001 may be taken (root and iproute2 are needed)";
        if (Obstacle is not null)
            return;
        await Bash(RepositoryTree.Root, $"git clone -q . '{Root}'");
        // Changes that are not committed yet are part of what is tested.
        await Bash(RepositoryTree.Root, $$"""
            { git diff -z --name-only --diff-filter=d HEAD; git ls-files -z -o --exclude-standard; } |
              xargs -0 -r cp --parents -t '{{Root}}'
            git diff -z --name-only --diff-filter=D HEAD | (cd '{{Root}}' && xargs -0 -r rm)
            """);
        await Bash(Root, "git add -A && git -c user.name=t -c user.email=t@example.org commit -q --allow-empty -m tested");
        Directory.CreateDirectory(Path.Combine(Root, "data"));
        LinkData("mnist", RealData.TryMnist());
        LinkData("cifar10", RealData.TryCifarJpeg());
        await Bash(Root, "dotnet build -v q LeNetServe.sln");
        // The programs' names in the documents are those of the installed tools.
        var install = DocumentBlock.All.Single(
            block => block.File == "README.md" && block.Code.StartsWith("dotnet run install.cs", Ordinal));
        var installed = await Run(install.Code, isolated: true);
        Assert.True(installed.ExitCode == 0, $"{install}\n{installed.Output}\n{installed.Error}");
    }

    /// <summary>Runs a script in the clone, in a network namespace of its own if asked for.</summary>
    internal Task<ProgramResult> Run(string script, bool isolated) => isolated
        ? BuiltProgram.Run(BuiltProgram.Start("unshare", Root, ["-n", "bash", "-c", $"ip link set lo up\n{Prelude}\n{script}"]))
        : BuiltProgram.Run(BuiltProgram.Start("bash", Root, ["-c", $"{Prelude}\n{script}"]));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    // The packages of the real home are used; a namespace without a network cannot ask for advisories. The interpreter is Debian's,
    // because .ci/install brings the packages for that one. The test runner's own variables would mislead builds.
    private string Prelude => $"""
        export NUGET_PACKAGES="${"{"}NUGET_PACKAGES:-$HOME/.nuget/packages{"}"}"
        export HOME='{folder.Combine("home")}' DOTNET_CLI_HOME='{folder.Combine("home")}' NuGetAudit=false
        export DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
        export PATH="$HOME/.dotnet/tools:/usr/bin:$PATH"
        unset MSBuildSDKsPath MSBUILD_EXE_PATH CI
        mkdir -p "$HOME"
        """;

    private void LinkData(string name, string? source)
    {
        if (source is not null)
            Directory.CreateSymbolicLink(Path.Combine(Root, "data", name), source);
    }

    private async Task Bash(string where, string script)
    {
        var done = await BuiltProgram.Run(BuiltProgram.Start("bash", where, ["-euo", "pipefail", "-c", $"{Prelude}\n{script}"]));
        Assert.True(done.ExitCode == 0, $"{script}\n{done.Output}\n{done.Error}");
    }

    private static async Task<int> Code(string command)
    {
        try
        {
            return (await BuiltProgram.Run(BuiltProgram.Start("bash", RepositoryTree.Root, ["-c", command]))).ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
