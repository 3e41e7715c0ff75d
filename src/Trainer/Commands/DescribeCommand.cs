using System.CommandLine;
using LeNetServe.Specs;
using Spectre.Console;

namespace LeNetServe.Trainer.Commands;

/// <summary><c>describe VARIANT</c>: the layer table of a variant.</summary>
internal static class DescribeCommand
{
    public static Command Create()
    {
        var variant = new Argument<string>("variant") { Description = $"{string.Join(", ", Variants.Names)}, or the path of a .json file.", DefaultValueFactory = _ => "lenet5", Arity = ArgumentArity.ZeroOrOne };
        var channels = new Option<int>("--channels") { Description = "1 (gray) or 3 (RGB).", DefaultValueFactory = _ => 1 };
        var classes = new Option<int>("--classes") { Description = "Number of classes.", DefaultValueFactory = _ => 10 };
        var command = new Command("describe", "Print a network's layers with shapes, parameters, connections and multiply-adds.") { variant, channels, classes };
        command.SetAction(result =>
        {
            if (Console.IsOutputRedirected)
                AnsiConsole.Profile.Width = 120;
            Print(Variants.Create(result.GetValue(variant)!, result.GetValue(channels), result.GetValue(classes)), AnsiConsole.Console);
            return (int)ExitCode.Success;
        });
        return command;
    }

    internal static void Print(LeNetSpec spec, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("layer").AddColumn("");
        foreach (var column in new[] { "output", "parameters", "connections", "multiply-adds" })
            table.AddColumn(column, column => column.RightAligned());
        table.AddRow("input", "", Markup.Escape(spec.Input.ToString()), "", "", "");
        foreach (var row in spec.Trace())
            table.AddRow(
                Markup.Escape(row.Layer.Name), Markup.Escape(row.Layer.Summary), Markup.Escape(row.Output.ToString()),
                Number(row.TrainableParameters), Number(row.Connections), Number(row.MultiplyAdds));
        table.AddRow("sum", "", "", Number(spec.TrainableParameters), Number(spec.Connections), Number(spec.MultiplyAdds));
        console.Write(table);
    }

    private static string Number(long count) => count == 0 ? "" : $"{count:N0}";
}
