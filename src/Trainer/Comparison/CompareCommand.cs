using System.CommandLine;
using LeNetServe.Files;
using Spectre.Console;

namespace LeNetServe.Trainer.Comparison;

/// <summary><c>compare RUN…</c></summary>
internal static class CompareCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var runs = new Argument<string[]>("run") { Description = "Run directories, or folders of runs", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The page; the tables are written beside it as .md (experiments) and .csv (every run)",
            DefaultValueFactory = _ => "comparison.html",
        };
        const string description = "Compares runs: mean ± 95 % interval over seeds, as a table, a web page, Markdown and CSV.";
        var compare = new Command("compare", description) { runs, output };
        compare.SetAction(parsed =>
        {
            var comparison = new RunComparison(RunFinder.Read(parsed.GetRequiredValue(runs)));
            Print(comparison);
            var page = parsed.GetRequiredValue(output);
            var folder = Path.GetDirectoryName(Path.GetFullPath(page))!;
            Directory.CreateDirectory(folder);
            AtomicFile.WriteText(page, ComparisonPage.Render(comparison, folder));
            AtomicFile.WriteText(Path.ChangeExtension(page, ".md"), ComparisonTables.Markdown(comparison));
            AtomicFile.WriteText(Path.ChangeExtension(page, ".csv"), ComparisonTables.Csv(comparison));
            Console.WriteLine($"{page}, {Path.ChangeExtension(page, ".md")}, {Path.ChangeExtension(page, ".csv")}");
            return (int)ExitCode.Success;
        });
        return compare;
    }

    private static void Print(RunComparison comparison)
    {
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine(ComparisonTables.Markdown(comparison));
            return;
        }
        var table = new Table { Border = TableBorder.Simple };
        foreach (var (index, column) in ComparisonTables.Header(comparison).Index())
        {
            var alignment = index < comparison.Varied.Count ? Justify.Left : Justify.Right;
            table.AddColumn(new TableColumn(Markup.Escape(column)) { Alignment = alignment });
        }
        foreach (var row in ComparisonTables.Rows(comparison))
        {
            var best = new Style(Color.Green, decoration: Decoration.Bold);
            table.AddRow([.. row.Select(cell => new Markup(Markup.Escape(cell.Text), cell.Best ? best : Style.Plain))]);
        }
        AnsiConsole.Write(table);
        Console.WriteLine(ComparisonTables.Caption(comparison));
    }
}
