using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>
/// A fresh clone in which the commands of the documents run, with a home folder of its own. The four programs are installed there by
/// README's own command. Data sets are linked if this machine has them. Nothing that the clone builds or writes is shared with the
/// repository under test.
/// </summary>
public sealed class DocumentClone : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private string[] network = [];

    /// <summary>The clone's folder.</summary>
    internal string Root => folder.Combine("lenetserve");

    /// <summary>The folder of the installed programs.</summary>
    internal string Tools => folder.Combine("home", ".dotnet", "tools");

    /// <summary>The words of the installation.</summary>
    internal string Installed { get; private set; } = "";

    /// <summary>The reason why commands cannot run on this machine; null if they can.</summary>
    internal string? Obstacle { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (OperatingSystem.IsWindows())
            Obstacle = "the documents' commands are for a Unix shell";
        else if (await Succeeds("unshare", "-n", "ip", "link", "set", "lo", "up"))
            network = ["unshare", "-n"];
        else if (await Succeeds("unshare", "-rn", "ip", "link", "set", "lo", "up"))
            network = ["unshare", "-rn"];
        else
            Obstacle = "no network namespace can be made here, and ports 8000 and 8001 may be taken (unshare and iproute2 are needed)";
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
        // The programs' names in the documents are those of the installed tools.
        var installed = await Run(DocumentBlock.Install.Code, isolated: false);
        Installed = $"{DocumentBlock.Install}\n{installed.Output}\n{installed.Error}";
        if (Installed.Contains("NU1301", StringComparison.Ordinal))
            Obstacle = "no package source can be reached";
        else
            Assert.True(installed.ExitCode == 0, Installed);
    }

    /// <summary>Runs a script in the clone, in a network namespace of its own if asked for.</summary>
    internal Task<ProgramResult> Run(string script, bool isolated)
    {
        var bash = $"{Prelude}\n{script}";
        return isolated
            ? BuiltProgram.Run(BuiltProgram.Start(network[0], Root, [network[1], "bash", "-c", $"ip link set lo up\n{bash}"]))
            : BuiltProgram.Run(BuiltProgram.Start("bash", Root, ["-c", bash]));
    }

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
        # In a namespace NuGet takes this user for root, whose folder in /tmp may belong to the machine's root.
        export NUGET_SCRATCH='{folder.Combine("nuget")}'
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

    private static async Task<bool> Succeeds(string command, params string[] arguments)
    {
        try
        {
            return (await BuiltProgram.Run(BuiltProgram.Start(command, RepositoryTree.Root, arguments))).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
