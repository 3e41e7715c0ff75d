using System.CommandLine;
using LeNetServe.Cli;

namespace LeNetServe.Trainer.Reports;

/// <summary><c>report RUN…</c></summary>
internal static class ReportCommand
{
    private static readonly Argument<string[]> Runs = new("run") { Description = "Run directories", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("report", "Writes the report.html of finished runs again, from the files in their directories.") { Runs };
        command.SetAction(parsed => (int)new ReportRun(Options(parsed)).Run());
        return command.WithExamples("""
            Examples:
              lenetserve-train report runs/ID
            """);
    }

    private static ReportOptions Options(ParseResult parsed) => new(parsed.GetRequiredValue(Runs));
}
