using System.CommandLine;
using LeNetServe.Runs;

namespace LeNetServe.Trainer.Reports;

/// <summary><c>report RUN…</c></summary>
internal static class ReportCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var runs = new Argument<string[]>("run") { Description = "Run directories", Arity = ArgumentArity.OneOrMore };
        var report = new Command("report", "Writes the report.html of finished runs again, from the files in their directories.") { runs };
        report.SetAction(parsed =>
        {
            foreach (var run in parsed.GetRequiredValue(runs).Select(path => new RunDirectory(path)))
            {
                RunReport.Write(run);
                Console.WriteLine(run.Report);
            }
            return (int)ExitCode.Success;
        });
        return report;
    }
}
