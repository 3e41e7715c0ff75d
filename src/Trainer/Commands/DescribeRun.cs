using System.Text.Json;
using LeNetServe.Cli;
using LeNetServe.Specs;
using Spectre.Console;

namespace LeNetServe.Trainer.Commands;

internal sealed class DescribeRun(DescribeOptions options)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public ExitCode Run()
    {
        if (!Variants.Names.Contains(options.Variant) && !options.Variant.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            throw ExpectedException.Usage(
                $"variant is \"{options.Variant}\", expected {string.Join(", ", Variants.Names)}, or the path of a .json file"
                + NearestName.Hint(options.Variant, Variants.Names));
        var spec = Variants.Create(options.Variant, options.Channels, options.Classes);
        if (options.Json)
        {
            Console.WriteLine(FileOf(spec));
            return ExitCode.Success;
        }
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 120;
        AnsiConsole.Write(TableOf(spec));
        Console.WriteLine($"next: lenetserve-train train --variant {Shell.Word(options.Variant)}");
        return ExitCode.Success;
    }

    /// <summary>Makes the file of a network. The last dense layer has no units in it, because the data set decides them.</summary>
    private static string FileOf(LeNetSpec spec)
    {
        var layers = spec.Layers.ToArray();
        var last = Array.FindLastIndex(layers, layer => layer is DenseSpec);
        if (last >= 0 && layers[last] is DenseSpec dense && dense.Units == spec.Classes)
            layers[last] = dense with { Units = null };
        var file = JsonSerializer.SerializeToNode(new VariantFile { Layers = layers }, LeNetJson.Default.VariantFile)!;
        foreach (var layer in file["layers"]!.AsArray())
            layer!.AsObject().Remove("summary");
        return file.ToJsonString(Indented);
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
