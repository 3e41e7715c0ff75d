using System.CommandLine;
using System.Text.Json;
using LeNetServe.Cli;
using LeNetServe.Exporter.Inspect;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Commands;

/// <summary><c>diff</c>: what differs between two model files.</summary>
internal static class DiffCommand
{
    private static readonly Argument<string> Left = CliOption.PathArgument("a", "an ONNX file, a version's or a model's directory");
    private static readonly Argument<string> Right = CliOption.PathArgument("b", "another");
    private static readonly Option<bool> Json = CliOption.Switch("--json", "the differences as JSON");

    public static Command Create()
    {
        var command = new Command("diff", $"Says what differs between two model files. Exit code {(int)ExitCode.Success}: nothing; {(int)ExitCode.CheckFailed}: something.") { Left, Right, Json };
        command.SetAction(parsed => (int)Execute(parsed));
        return command;
    }

    private static ExitCode Execute(ParseResult parsed)
    {
        var differences = ModelComparer.Compare(Read(parsed.GetValue(Left)!), Read(parsed.GetValue(Right)!));
        if (parsed.GetValue(Json))
            Console.WriteLine(JsonSerializer.Serialize(differences, ExporterJson.Default.IReadOnlyListModelDifference));
        else if (differences.Count == 0)
            Console.WriteLine("no difference");
        else
            foreach (var difference in differences)
                Console.WriteLine(difference);
        return differences.Count == 0 ? ExitCode.Success : ExitCode.CheckFailed;
    }

    private static ModelProto Read(string path)
    {
        var file = ModelFiles.Locate(path).Model;
        var model = OnnxFile.Read(file);
        OnnxFile.CheckSeal(file, model);
        return model;
    }
}
