using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Quantize;

namespace LeNetServe.Exporter.Commands;

/// <summary><c>quantize</c>: a published float model becomes an int8 model, if it loses little enough.</summary>
internal static class QuantizeCommand
{
    private const string Examples = """
        Examples:
          lenetserve-export quantize --model models/lenet5-mnist --calibrate mnist --repository models
          lenetserve-export quantize --model models/lenet5-cifar10 --calibrate cifar10 --weight-bits 8 --out cifar10-int8
        """;

    private static readonly Option<string> Model = CliOption.Required("--model", $"the float model: {ModelPath.Description}");
    private static readonly Option<string?> Calibrate = new Option<string?>("--calibrate")
    {
        Description = "the data set: its training images calibrate, its test images measure",
        Required = true,
    }.Completed(DatasetCatalog.Names);

    private static readonly Option<string?> Name = CliOption.Optional(
        "--name", "the new model's name (default: the float model's with -int8)");
    private static readonly Option<RangeMethod> Method =
        CliOption.Choice<RangeMethod>("--method", "the method that takes ranges from the values seen");

    private static readonly Option<double> Percentile =
        CliOption.WithDefault("--percentile", 99.99, "percent of a tensor's values inside its range, with --method percentile");

    private static readonly Option<int> Images = CliOption.WithDefault("--images", 1024, "training images to calibrate with").AtLeast(1);
    private static readonly Option<int> Seed = CliOption.WithDefault("--seed", 1, "the seed that draws the training images");
    private static readonly Option<int> WeightBits =
        CliOption.WithDefault("--weight-bits", 7, "7 or 8; with 7 every processor gives the same answers");

    private static readonly Option<double> MaxLoss =
        CliOption.WithDefault("--max-loss", 0.5, "largest loss of accuracy, in percentage points, that is published");

    public static Command Create()
    {
        var command = new Command(
            "quantize", "Writes a float model as int8 (static QDQ), measures both on the test set, and publishes unless too much is lost.")
        {
            Model, Calibrate, DatasetOptions.Data, DatasetOptions.SkipUnreadable, PublishTarget.Repository, Name, PublishTarget.Out,
            PublishTarget.Force, Method, Percentile, Images, Seed, WeightBits, MaxLoss,
        };
        command.SetAction((parsed, cancellation) =>
            Task.FromResult((int)new QuantizeRun(Options(parsed), PublishTarget.Read(parsed), Console.Out).Run(cancellation)));
        return command.WithExamples(
            Examples,
            ("Model and target", [Model, PublishTarget.Repository, Name, PublishTarget.Out, PublishTarget.Force]),
            ("Data", [Calibrate, DatasetOptions.Data, DatasetOptions.SkipUnreadable, Images, Seed]),
            ("Numbers", [Method, Percentile, WeightBits, MaxLoss]));
    }

    private static QuantizeOptions Options(ParseResult parsed)
    {
        var method = parsed.GetValue(Method);
        var percentile = parsed.GetValue(Percentile);
        var bits = parsed.GetValue(WeightBits);
        var loss = parsed.GetValue(MaxLoss);
        if (method != RangeMethod.Percentile && parsed.GetResult(Percentile) is { Implicit: false })
            throw ExpectedException.Usage("--percentile is given without --method percentile, which it belongs to");
        if (percentile is not (> 50 and <= 100))
            throw ExpectedException.Usage($"--percentile is {percentile}, expected more than 50 and at most 100");
        if (bits is not (7 or 8))
            throw ExpectedException.Usage($"--weight-bits is {bits}, expected 7 or 8");
        if (loss is not (>= 0 and <= 100))
            throw ExpectedException.Usage($"--max-loss is {loss}, expected percentage points from 0 to 100");
        return new()
        {
            Model = parsed.GetRequiredValue(Model),
            Name = parsed.GetValue(Name) is { } name ? ModelName.Require(name) : null,
            Dataset = DatasetOptions.Read(
                parsed, Calibrate)! with
            { TrainImages = parsed.GetValue(Images), TrainSeed = parsed.GetValue(Seed) },
            Numbers = new() { Method = method, Percentile = percentile, WeightBits = bits },
            MaxLoss = loss,
        };
    }
}
