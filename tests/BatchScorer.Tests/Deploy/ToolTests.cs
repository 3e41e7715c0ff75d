using System.Diagnostics;
using System.Runtime.InteropServices;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.EndToEnd.Tests;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Deploy;

public sealed class ToolTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Install_FromThePackedFile_ScoresHelpsAndCompletes()
    {
        var project = Path.Combine(RepositoryTree.Root, "src", "BatchScorer");
        (await Dotnet(
            "pack", project, "-c", RepositoryTree.Configuration, "--no-build", "-o", directory["packages"],
            "-nodereuse:false")).Expect(ExitCode.Success);
        // No other source: the package must have all it needs.
        File.WriteAllText(directory["nuget.config"], $"""
            <configuration><packageSources><clear /><add key="packed" value="{directory["packages"]}" /></packageSources></configuration>
            """);
        (await Dotnet(
            "tool", "install", $"LeNetServe.BatchScorer.{RuntimeInformation.RuntimeIdentifier}", "--tool-path", directory["tools"],
            "--configfile", directory["nuget.config"])).Expect(ExitCode.Success);
        var model = Pictures.WriteModel(directory["model"]);
        Pictures.WriteFolder(directory["images"], perClass: 2);

        var scored = await Tool("score", "images", "-m", model, "-o", "-", "--json");
        var help = await Tool("score", "--help");
        var suggestions = await Tool("[suggest:24]", "lenetserve-score score --");
        var completion = await Tool("completion", "bash");

        Assert.Equal(20, scored.Expect(ExitCode.Success).Output.TrimEnd().Split('\n').Length);
        Assert.Contains("\"images\":20,", scored.Error);
        Assert.Contains("\"done\":true}", scored.Error);
        Assert.Contains("Examples:\n  lenetserve-score score photos/", help.Expect(ExitCode.Success).Output.ReplaceLineEndings("\n"));
        Assert.Contains("--error-threshold", suggestions.Expect(ExitCode.Success).Output);
        Assert.Contains("complete -o filenames -F _lenetserve_score lenetserve-score", completion.Expect(ExitCode.Success).Output);
        (await Tool("completion", "tcsh")).Expect(ExitCode.Usage);
        (await Tool("score", "images")).Expect(ExitCode.Usage);
    }

    private Task<ProgramResult> Tool(params string[] arguments) =>
        BuiltProgram.Run(BuiltProgram.Start(directory["tools", "lenetserve-score"], directory.Path, arguments));

    private Task<ProgramResult> Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = directory.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        // The package cache of this machine may have an older package of the same version.
        if (arguments[0] == "tool")
            start.Environment["NUGET_PACKAGES"] = directory["cache"];
        return BuiltProgram.Run(Process.Start(start)!);
    }
}
