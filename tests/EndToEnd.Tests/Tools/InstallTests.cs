using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Tools;

/// <summary>The four programs as .NET tools. The packages hold libtorch and ONNX Runtime, so this takes minutes.</summary>
public sealed class InstallTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("lenetserve-tools-").FullName;

    private static readonly string[] Tools = ["lenetserve-train", "lenetserve-export", "lenetserve-serve", "lenetserve-score"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Install_IntoAFolder_EveryToolTellsItsVersionAndUninstallUndoesIt()
    {
        var installed = await Install("--tool-path", folder);
        Assert.SkipWhen(installed.Error.Contains("NU1301", StringComparison.Ordinal), "no package source can be reached");

        installed.Expect(ExitCode.Success);
        foreach (var tool in Tools)
        {
            var version = await BuiltProgram.Run(BuiltProgram.Start(Path.Combine(folder, tool), folder, ["--version"]));
            Assert.Matches("[0-9]+[.][0-9]+[.][0-9]+", version.Expect(ExitCode.Success).Output);
            Assert.Matches($"{tool}: installed, [0-9]+ MB", installed.Output);
        }
        var removed = await Install("--uninstall", "--tool-path", folder);

        Assert.Contains("4 tools were uninstalled", removed.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.All(Tools, tool => Assert.False(File.Exists(Path.Combine(folder, tool))));
    }

    [Fact]
    public async Task Install_AnUnknownWord_IsAUsageError()
    {
        var result = await Install("--tool-pat", "x");

        Assert.Contains("expected --tool-path DIR or --uninstall", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    private Task<ProgramResult> Install(params string[] arguments) => BuiltProgram.Run(BuiltProgram.Start(
        "dotnet", folder, ["run", Path.Combine(RepositoryTree.Root, "install.cs"), "--", .. arguments]));
}
