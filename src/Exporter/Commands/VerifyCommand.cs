using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Datasets;
using LeNetServe.Runtime.Devices;

namespace LeNetServe.Exporter.Commands;

/// <summary><c>verify</c>: the accuracy of the file itself.</summary>
internal static class VerifyCommand
{
    private const string Examples = """
        Examples:
          lenetserve-export verify --model models/my-digits
          lenetserve-export verify --model models/lenet5-mnist --dataset mnist
        """;

    private static readonly Option<string> Model = CliOption.Required("--model", ModelPath.Description);
    private static readonly Option<string?> Dataset = CliOption.Optional("--dataset", "classify this data set's whole test set")
        .Completed(DatasetCatalog.Names);
    private static readonly Option<bool> Json = CliOption.Switch("--json", "the figures as JSON");
    private static readonly Option<Device> Device = CliOption.Choice<Device>("--device", "the device that runs the model");

    public static Command Create()
    {
        var command = new Command("verify", "Measures a model file: its golden tensors and, with --dataset, its accuracy on the test set.")
        {
            Model, Dataset, DatasetOptions.Data, DatasetOptions.SkipUnreadable, Device, Json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult((int)new VerifyRun(Options(parsed), Console.Out).Run(cancellation)));
        return command.WithExamples(Examples);
    }

    private static VerifyOptions Options(ParseResult parsed) => new()
    {
        Model = parsed.GetRequiredValue(Model),
        Dataset = DatasetOptions.Read(parsed, Dataset),
        Device = parsed.GetValue(Device),
        Json = parsed.GetValue(Json),
    };
}
