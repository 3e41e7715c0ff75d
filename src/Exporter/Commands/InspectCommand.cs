using System.CommandLine;
using System.Text.Json;
using LeNetServe.Cli;
using LeNetServe.Exporter.Inspect;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Commands;

/// <summary><c>inspect</c>: what an ONNX file holds, anybody's.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> Model = CliOption.PathArgument("model", "an ONNX file, a version's directory, or a model's directory (its highest version)");
    private static readonly Option<bool> Json = CliOption.Switch("--json", "everything as JSON");

    public static Command Create()
    {
        var command = new Command("inspect", "Shows any ONNX file: graph, shapes, parameters, operators, metadata, and what the server would miss.") { Model, Json };
        command.SetAction(parsed => (int)Execute(parsed));
        return command;
    }

    private static ExitCode Execute(ParseResult parsed)
    {
        var inspection = ModelInspector.Inspect(ModelFiles.Locate(parsed.GetValue(Model)!).Model);
        if (parsed.GetValue(Json))
            Console.WriteLine(JsonSerializer.Serialize(inspection, ExporterJson.Default.ModelInspection));
        else
            InspectionText.Write(Terminal.Create(), inspection);
        return ExitCode.Success;
    }
}
