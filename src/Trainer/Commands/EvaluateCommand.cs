using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Commands;

/// <summary><c>evaluate</c>: measures a run's weights on its test images.</summary>
internal static class EvaluateCommand
{
    private static readonly Option<string> Run = CliOption.Required("--run", "The run's directory.");
    private static readonly Option<string?> Data = CliOption.Optional("--data", "Directory of the data set's files. Default: the run's.");
    private static readonly Option<bool> Flip =
        CliOption.Switch("--flip-test", "Measure also the mean of the answers to each image and its mirror image.");

    private static readonly Option<string?> Answers = CliOption.Optional(
        "--answers",
        "Write all test images with torch's logits and probabilities to this .safetensors file, laid out as golden.safetensors.");

    private static readonly Option<string?> Gradients = CliOption.Optional(
        "--gradients",
        "Write torch's gradients of the largest logit by the pixels, of the first 1,000 test images, to this .safetensors file.");

    public static Command Create()
    {
        var command = new Command("evaluate", "Measure a run's weights on the test images.")
        {
            Run, Data, Flip, Answers, Gradients, ComputeOptions.Device, ComputeOptions.Threads,
        };
        command.SetAction((parsed, cancellation) =>
            Task.Run(async () => (int)await new EvaluateRun(Options(parsed)).RunAsync(cancellation), CancellationToken.None));
        return command.WithExamples("""
            Examples:
              lenetserve-train evaluate --run runs/ID
              lenetserve-train evaluate --run runs/ID --data other-pictures
            """);
    }

    private static EvaluateOptions Options(ParseResult parsed) => new()
    {
        Run = parsed.GetRequiredValue(Run),
        Data = parsed.GetValue(Data),
        Flip = parsed.GetValue(Flip),
        Answers = parsed.GetValue(Answers),
        Gradients = parsed.GetValue(Gradients),
        Device = parsed.GetRequiredValue(ComputeOptions.Device),
        Threads = parsed.GetValue(ComputeOptions.Threads),
    };
}
