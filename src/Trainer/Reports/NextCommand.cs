using LeNetServe.Cli;
using LeNetServe.Runs;

namespace LeNetServe.Trainer.Reports;

/// <summary>Commands that a finished command names as the next ones.</summary>
internal static class NextCommand
{
    /// <summary>Gets the command that makes a model of a run.</summary>
    public static string Export(RunDirectory run) =>
        $"lenetserve-export export --run {Shell.Word(run.Path)} --repository models --name NAME";
}
