using Spectre.Console;

namespace LeNetServe.Exporter.Inspect;

/// <summary>An inspection for people.</summary>
internal static class InspectionText
{
    private const int LongestValue = 100;

    /// <summary>Prints tables of graph, operators and metadata.</summary>
    public static void Write(IAnsiConsole console, ModelInspection model)
    {
        var opsets = string.Join(", ", model.Opsets.Select(set => $"{set.Key} {set.Value}"));
        console.WriteLine($"{model.Path}: {model.Bytes:N0} bytes, sha256 {model.Sha256}, seal {model.Seal}");
        console.WriteLine($"IR {model.IrVersion}, opset {opsets}, written by {(model.Producer == "" ? "nobody named" : model.Producer)}");
        if (model.DataFiles.Count > 0)
            console.WriteLine($"with data in {string.Join(", ", model.DataFiles)}");
        if (model.Doc != "")
            console.WriteLine(model.Doc);
        console.WriteLine();
        console.Write(Table($"graph {model.Graph}", ["node", "operator", "output", "parameters", "bytes"], Rows(model)));
        // A table would pad every row to the longest value.
        foreach (var (key, value) in model.Metadata)
            console.WriteLine($"metadata {key}: {OneLine(value)}");
        console.WriteLine();
        console.WriteLine(model.Served ? "This project's server would serve the file." : "This project's server would not serve the file.");
        foreach (var missing in model.MissingForServer)
            console.WriteLine($"- {missing}");
    }

    private static IEnumerable<string[]> Rows(ModelInspection model) =>
    [
        .. model.Inputs.Select(input => new[] { "(input)", "", input.ToString(), "", "" }),
        .. model.Nodes.Select(node => new[] { node.Name, node.Operator, node.Output ?? "?", Figure(node.Parameters), Figure(node.Bytes) }),
        .. model.Outputs.Select(output => new[] { "(output)", "", output.ToString(), "", "" }),
        [
            "sum",
            string.Join(", ", model.Operators.Select(entry => $"{entry.Value} {entry.Key}")),
            "",
            Figure(model.Parameters),
            Figure(model.ParameterBytes),
        ],
    ];

    private static Table Table(string title, string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple).Title(new TableTitle(Markup.Escape(title)));
        foreach (var column in columns)
            table.AddColumn(column is "parameters" or "bytes" ? new TableColumn(column).RightAligned() : new TableColumn(column));
        foreach (var row in rows)
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        return table;
    }

    private static string Figure(long value) => value == 0 ? "" : $"{value:N0}";

    private static string OneLine(string value)
    {
        var line = string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestValue ? line : $"{line[..LongestValue]}… ({value.Length:N0} characters; --json shows all)";
    }
}
