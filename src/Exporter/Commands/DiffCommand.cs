using System.CommandLine;
using LeNetServe.Cli;

namespace LeNetServe.Exporter.Commands;

/// <summary><c>diff</c>: the differences between two model files.</summary>
internal static class DiffCommand
{
    private static readonly Argument<string> Left = new("a") { Description = "an ONNX file, a version's or a model's directory" };
    private static readonly Argument<string> Right = new("b") { Description = "another" };
    private static readonly Option<bool> Json = CliOption.Switch("--json", "the differences as JSON");

    public static Command Create()
    {
        var command = new Command("diff", "Lists the differences between two model files. "
            + $"Exit code {(int)ExitCode.Success}: there is none; {(int)ExitCode.CheckFailed}: there are some.")
        {
            Left, Right, Json,
        };
        command.SetAction(parsed => (int)new DiffRun(Options(parsed), Console.Out).Run());
        return command.WithExamples("""
            Examples:
              lenetserve-export diff models/my-model/1 models/my-model/2
            """);
    }

    private static DiffOptions Options(ParseResult parsed) =>
        new(parsed.GetRequiredValue(Left), parsed.GetRequiredValue(Right), parsed.GetValue(Json));
}
