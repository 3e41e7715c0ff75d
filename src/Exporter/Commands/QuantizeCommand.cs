using System.CommandLine;
using System.Text.Json;
using LeNetServe.Cli;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Proof;
using LeNetServe.Exporter.Publish;
using LeNetServe.Exporter.Quantize;
using LeNetServe.Models;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Commands;

/// <summary><c>quantize</c>: a published float model becomes an int8 model, if it loses little enough.</summary>
internal static class QuantizeCommand
{
    private static readonly Option<string> Model = CliOption.RequiredPath("--model", "the float model: an ONNX file, a version's directory, or a model's directory (its highest version)");
    private static readonly Option<string> Calibrate = CliOption.Required("--calibrate", "the data set: its training images calibrate, its test images measure");
    private static readonly Option<string?> Data = CliOption.OptionalPath("--data", "the directory of that data set");
    private static readonly Option<string?> Repository = CliOption.OptionalPath("--repository", "the model repository; the next version of the model is written there");
    private static readonly Option<string?> Name = CliOption.Optional("--name", "the new model's name (default: the float model's with -int8)");
    private static readonly Option<string?> Out = CliOption.OptionalPath("--out", "a new directory for the files, instead of a repository");
    private static readonly Option<RangeMethod> Method = CliOption.Choice<RangeMethod>("--method", "how ranges follow from the values seen");
    private static readonly Option<double> Percentile = CliOption.WithDefault("--percentile", 99.99, "percent of a tensor's values inside its range, with --method percentile");
    private static readonly Option<int> Images = CliOption.WithDefault("--images", 1024, "training images to calibrate with");
    private static readonly Option<int> Seed = CliOption.WithDefault("--seed", 1, "which training images");
    private static readonly Option<int> WeightBits = CliOption.WithDefault("--weight-bits", 7, "7 or 8; with 7 every processor gives the same answers");
    private static readonly Option<double> MaxLoss = CliOption.WithDefault("--max-loss", 0.5, "largest loss of accuracy, in percentage points, that is published");

    public static Command Create()
    {
        var command = new Command("quantize", "Writes a float model as int8 (static QDQ), measures both on the test set, and publishes unless too much is lost.")
        {
            Model, Calibrate, Data, Repository, Name, Out, Method, Percentile, Images, Seed, WeightBits, MaxLoss,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult((int)Execute(parsed, cancellation)));
        return command;
    }

    private static ExitCode Execute(ParseResult parsed, CancellationToken cancellation)
    {
        var options = ReadOptions(parsed);
        var target = PublishTarget.Read(parsed.GetValue(Repository), parsed.GetValue(Out));
        var source = ModelFiles.Locate(parsed.GetValue(Model)!).Model;
        using var before = ClassifierModel.Open(source);
        var name = ModelName.Require(parsed.GetValue(Name) ?? $"{before.Facts.Manifest?.Name}-int8");
        var request = DatasetOptions.Read(parsed.GetValue(Calibrate), parsed.GetValue(Data), "--calibrate")!;
        var dataset = DatasetCatalog.Open(request with { TrainImages = parsed.GetValue(Images), TrainSeed = parsed.GetValue(Seed) }, cancellation);
        var quantized = ModelQuantizer.Quantize(source, name, dataset, options, parsed.GetValue(MaxLoss), cancellation);
        var report = Timed(quantized, before, dataset);
        Console.Write(report.ToMarkdown());
        if (report.Failure is { } failure)
            throw new ExpectedException(ExitCode.CheckFailed, $"nothing is published: {failure}");

        Console.WriteLine($"published: {target.Publish(name, Files(quantized, report))}");
        return ExitCode.Success;
    }

    private static QuantizationOptions ReadOptions(ParseResult parsed)
    {
        var (percentile, images, bits, loss) = (parsed.GetValue(Percentile), parsed.GetValue(Images), parsed.GetValue(WeightBits), parsed.GetValue(MaxLoss));
        var method = parsed.GetValue(Method);
        if (method != RangeMethod.Percentile && parsed.GetResult(Percentile) is { Implicit: false })
            throw new ExpectedException(ExitCode.Usage, "--percentile is given without --method percentile, which it belongs to");
        if (percentile is not (> 50 and <= 100))
            throw new ExpectedException(ExitCode.Usage, $"--percentile is {percentile}, expected more than 50 and at most 100");
        if (images < 1)
            throw new ExpectedException(ExitCode.Usage, $"--images is {images}, expected 1 or more");
        if (bits is not (7 or 8))
            throw new ExpectedException(ExitCode.Usage, $"--weight-bits is {bits}, expected 7 or 8");
        if (loss is not (>= 0 and <= 100))
            throw new ExpectedException(ExitCode.Usage, $"--max-loss is {loss}, expected percentage points from 0 to 100");
        return new() { Method = method, Percentile = percentile, WeightBits = bits };
    }

    private static QuantizationReport Timed(QuantizedModel quantized, ClassifierModel before, ImageDataset dataset)
    {
        using var after = ClassifierModel.Open("the quantized model", quantized.Model);
        var microseconds = Latency.Measure(dataset.Test.Image(0), TimeProvider.System, before, after);
        return quantized.Report with { FloatMicroseconds = microseconds[0], Microseconds = microseconds[1] };
    }

    private static VersionFiles Files(QuantizedModel quantized, QuantizationReport report)
    {
        var files = new VersionFiles
        {
            { ModelFiles.ModelFileName, quantized.Model },
            { GoldenTensors.FileName, quantized.Golden },
        };
        files.AddText(ModelFiles.LabelsFileName, string.Concat(quantized.Manifest.Labels.Select(label => label + "\n")));
        files.AddText(ProofReport.JsonName, JsonSerializer.Serialize(report, ExporterJson.Default.QuantizationReport) + "\n");
        files.AddText(ProofReport.MarkdownName, report.ToMarkdown());
        return files;
    }
}
