using System.CommandLine;
using LeNetServe.Cli;

namespace LeNetServe.Exporter.Commands;

/// <summary><c>inspect</c>: the content of an ONNX file of any origin.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> Model = new("model") { Description = ModelPath.Description };
    private static readonly Option<bool> Json = CliOption.Switch("--json", "everything as JSON");

    public static Command Create()
    {
        var command = new Command(
            "inspect", "Shows any ONNX file: graph, shapes, parameters, operators, metadata, and what the server would miss.")
        {
            Model, Json,
        };
        command.SetAction(parsed => (int)new InspectRun(Options(parsed), Console.Out).Run());
        return command.WithExamples("""
            Examples:
              lenetserve-export inspect models/my-model
              lenetserve-export inspect model.onnx --json
            """);
    }

    private static InspectOptions Options(ParseResult parsed) => new(parsed.GetRequiredValue(Model), parsed.GetValue(Json));
}
