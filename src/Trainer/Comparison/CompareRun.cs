using LeNetServe.Cli;
using LeNetServe.Files;
using LeNetServe.Trainer.Reports;
using Spectre.Console;

namespace LeNetServe.Trainer.Comparison;

internal sealed class CompareRun(CompareOptions options)
{
    /// <summary>Prints the comparison, and writes it as a page, as Markdown and as CSV.</summary>
    public ExitCode Run()
    {
        var comparison = new RunComparison(RunFinder.Read(options.Runs));
        Print(comparison);
        var page = options.Output;
        var folder = Path.GetDirectoryName(Path.GetFullPath(page))!;
        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(page, ComparisonPage.Render(comparison, folder));
        AtomicFile.WriteText(Path.ChangeExtension(page, ".md"), ComparisonTables.Markdown(comparison));
        AtomicFile.WriteText(Path.ChangeExtension(page, ".csv"), ComparisonTables.Csv(comparison, options.CsvSafe));
        Console.WriteLine($"{page}, {Path.ChangeExtension(page, ".md")}, {Path.ChangeExtension(page, ".csv")}");
        Console.WriteLine($"next: {Shell.Open(page)}");
        if (comparison is { Choice: not null, DataSets: 1 }
            && comparison.Groups.SelectMany(group => group.Finished).FirstOrDefault() is { } best)
            Console.WriteLine($"next: {NextCommand.Export(best.Directory)}");
        return ExitCode.Success;
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
