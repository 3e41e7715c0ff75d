using System.CommandLine;

namespace LeNetServe.Cli;

/// <summary><c>completion</c>: prints a shell's script.</summary>
internal static class CompletionCommand
{
    public static Command Create(string tool)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh" };
        shell.CompletionSources.Add([.. CompletionScripts.Shells]);
        var command = new Command(
            "completion", "Prints the script that teaches a shell to complete this program's command lines.") { shell };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(CompletionScripts.Of(parsed.GetRequiredValue(shell), tool));
            return (int)ExitCode.Success;
        });
        return command.WithExamples(CompletionScripts.Examples(tool));
    }
}
