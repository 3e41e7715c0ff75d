using System.CommandLine;
using LeNetServe.Cli;

namespace LeNetServe.Trainer.Comparison;

/// <summary><c>compare RUN…</c></summary>
internal static class CompareCommand
{
    private static readonly Argument<string[]> Runs = new("run")
    {
        Description = "Run directories, or folders of runs",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Output = CliOption.WithDefault(
        "--output", "comparison.html", "The page; the tables are written beside it as .md (experiments) and .csv (every run)").Or("-o");

    private static readonly Option<bool> CsvSafe = CliOption.CsvSafe();

    public static Command Create()
    {
        var command = new Command("compare", "Compares runs: mean ± 95 % interval over seeds, as a table, a web page, Markdown and CSV.")
        {
            Runs, Output, CsvSafe,
        };
        command.SetAction(parsed => (int)new CompareRun(Options(parsed)).Run());
        return command.WithExamples("""
            Examples:
              lenetserve-train compare runs
              lenetserve-train compare runs/ID1 runs/ID2 --output two.html
            """);
    }

    private static CompareOptions Options(ParseResult parsed)
    {
        var page = parsed.GetRequiredValue(Output);
        return Path.GetExtension(page).ToLowerInvariant() is ".md" or ".csv"
            ? throw ExpectedException.Usage($"--output is {page}, expected the name of the page, such as comparison.html: the tables are "
                + "written beside it as .md and .csv")
            : new(parsed.GetRequiredValue(Runs), page, parsed.GetValue(CsvSafe));
    }
}
