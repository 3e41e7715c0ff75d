using System.CommandLine;
using System.Text.Json;
using LeNetServe.Cli;
using LeNetServe.Exporter.Proof;

namespace LeNetServe.Exporter.Commands;

/// <summary><c>verify</c>: the accuracy of the file itself.</summary>
internal static class VerifyCommand
{
    private static readonly Option<string> Model = CliOption.RequiredPath("--model", "an ONNX file, a version's directory, or a model's directory (its highest version)");
    private static readonly Option<string?> Dataset = CliOption.Optional("--dataset", "classify this data set's whole test set");
    private static readonly Option<string?> Data = CliOption.OptionalPath("--data", "the directory of that data set");
    private static readonly Option<bool> Json = CliOption.Switch("--json", "the figures as JSON");

    public static Command Create()
    {
        var command = new Command("verify", "Measures a model file: its golden tensors and, with --dataset, its accuracy on the test set.") { Model, Dataset, Data, Json };
        command.SetAction((parsed, cancellation) => Task.FromResult((int)Execute(parsed, cancellation)));
        return command;
    }

    private static ExitCode Execute(ParseResult parsed, CancellationToken cancellation)
    {
        var dataset = DatasetOptions.Read(parsed.GetValue(Dataset), parsed.GetValue(Data), "--dataset");
        var result = new ModelVerifier(dataset, TimeProvider.System).Verify(parsed.GetValue(Model)!, cancellation);
        if (parsed.GetValue(Json))
            Console.WriteLine(JsonSerializer.Serialize(result, ExporterJson.Default.VerifyResult));
        else
            Write(result);
        return result.Passed
            ? ExitCode.Success
            : throw new ExpectedException(ExitCode.CheckFailed, $"{result.Path}: {(result.Golden?.Passed == false ? result.Golden : $"{result.Dataset}, expected {result.Dataset!.TorchAccuracy:P2} as its manifest says")}");
    }

    private static void Write(VerifyResult result)
    {
        Console.WriteLine($"{result.Path}: {result.Name ?? "a foreign model"}, sha256 {result.Sha256}");
        Console.WriteLine($"golden: {result.Golden?.ToString() ?? "no golden tensors beside the file"}");
        if (result.Dataset is { } dataset)
            Console.WriteLine($"test set: {dataset}{(dataset.TorchAccuracy is { } torch ? $" (the manifest says {torch:P2})" : "")}, {result.Seconds:0.00} s");
    }
}
