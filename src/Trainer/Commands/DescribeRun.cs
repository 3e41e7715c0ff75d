using LeNetServe.Specs;
using Spectre.Console;

namespace LeNetServe.Trainer.Commands;

/// <summary>Runs <c>describe</c>.</summary>
internal static class DescribeRun
{
    public static ExitCode Run(DescribeOptions options)
    {
        var spec = Variants.Create(options.Variant, options.Channels, options.Classes);
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 120;
        AnsiConsole.Write(TableOf(spec));
        return ExitCode.Success;
    }

    private static Table TableOf(LeNetSpec spec)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("layer").AddColumn("");
        foreach (var column in new[] { "output", "parameters", "connections", "multiply-adds" })
            table.AddColumn(column, column => column.RightAligned());
        table.AddRow("input", "", Markup.Escape(spec.Input.ToString()), "", "", "");
        foreach (var row in spec.Trace())
            table.AddRow(
                Markup.Escape(row.Layer.Name),
                Markup.Escape(row.Layer.Summary),
                Markup.Escape(row.Output.ToString()),
                Number(row.TrainableParameters),
                Number(row.Connections),
                Number(row.MultiplyAdds));
        table.AddRow("sum", "", "", Number(spec.TrainableParameters), Number(spec.Connections), Number(spec.MultiplyAdds));
        return table;
    }

    private static string Number(long count) => count == 0 ? "" : $"{count:N0}";
}
