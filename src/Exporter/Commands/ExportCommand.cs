using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Commands;

/// <summary><c>export</c>: a run becomes the next version of a model, if it proves itself.</summary>
internal static class ExportCommand
{
    private const string Examples = """
        Examples:
          lenetserve-export export --run runs/ID --repository models --name my-digits
          lenetserve-export export --run runs/ID --out browser --name my-digits --layout nhwc --input-type uint8
        """;

    // A probability that is further off is another answer.
    private const double LargestTolerance = 0.1;

    // Each run of a fixed batch holds all of its images. A larger batch takes gigabytes and gains nothing.
    private const int LargestBatch = 256;

    private static readonly Option<string[]> Run = new("--run")
    {
        Description = "the run's directory, such as runs/<id>",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string> Name = CliOption.Required("--name", "the model's name, such as lenet5-mnist");
    private static readonly Option<int> Opset = CliOption.WithDefault("--opset", 13,
        $"operator set, {OpsetVersions.Lowest} to {OpsetVersions.Highest}; the lowest IR version that carries it is written");

    private static readonly Option<InputType> Input = CliOption.Choice<InputType>("--input-type", "element type of the input");
    private static readonly Option<TensorLayout> Layout = CliOption.Choice<TensorLayout>("--layout", "order of the input's dimensions");
    private static readonly Option<string> Batch =
        CliOption.WithDefault("--batch", "dynamic", "images per run: dynamic, or a fixed number");

    private static readonly Option<string> Outputs = CliOption.WithDefault("--outputs", "probabilities",
        "the file's outputs, with commas: probabilities, logits, layers (all values), gradient (of the largest logit by the pixels), "
        + "novelty (how strange each image is)");

    private static readonly string[] OutputNames = [.. Enum.GetNames<ModelOutputs>().Select(name => name.ToLowerInvariant())];

    private static readonly Option<Precision> Precision =
        CliOption.Choice<Precision>("--precision", "number format of weights and arithmetic");

    private static readonly Option<string?> Doc = CliOption.Optional("--doc", "a description for people, in the file");
    private static readonly Option<string?> License = CliOption.Optional("--license", "the license of the weights, in the file's metadata");
    private static readonly Option<string?> Author = CliOption.Optional("--author", "the author, in the file's metadata");
    private static readonly Option<double?> Tolerance = CliOption.Number<double>("--tolerance",
        "largest difference of a probability from torch's (default: 1e-5; with an RBF layer 1e-4; float16: 5e-3), at most 0.1");

    private static readonly Option<string?> VerifyDataset =
        CliOption.Optional("--verify-dataset", "classify this data set's whole test set before publishing")
            .Completed(DatasetCatalog.Names);

    private static readonly Option<string?> Report =
        CliOption.Optional("--report", "a directory for report.md and report.json, also if nothing is published");

    public static Command Create()
    {
        var command = new Command(
            "export", "Writes a run as the next version of a model: folded, checked, proved against torch's answers, then published.")
        {
            Run, Name, PublishTarget.Repository, PublishTarget.Out, PublishTarget.Force, Opset, Input, Layout, Batch, Outputs, Precision,
            Doc, License, Author, Tolerance, VerifyDataset, DatasetOptions.Data, DatasetOptions.SkipUnreadable, Report,
        };
        command.SetAction((parsed, cancellation) =>
            Task.FromResult(
                (int)new ExportRun(Request(parsed), PublishTarget.Read(parsed), parsed.GetValue(Report), Console.Out).Run(cancellation)));
        return command.WithExamples(
            Examples,
            ("Run and target", [Run, Name, PublishTarget.Repository, PublishTarget.Out, PublishTarget.Force, Report]),
            ("Model file", [Opset, Input, Layout, Batch, Outputs, Precision]),
            ("Proof", [Tolerance, VerifyDataset, DatasetOptions.Data, DatasetOptions.SkipUnreadable]),
            ("Metadata", [Doc, License, Author]));
    }

    private static ExportRequest Request(ParseResult parsed)
    {
        var file = FileOptions(parsed);
        if (parsed.GetValue(PublishTarget.Repository) is not null && !file.Outputs.HasFlag(ModelOutputs.Probabilities))
            throw ExpectedException.Usage($"--outputs {file.Outputs.ToString().ToLowerInvariant()} with --repository: "
                + "the server reads one output, probabilities; write this file elsewhere with --out");
        var name = ModelName.Require(parsed.GetRequiredValue(Name));
        if (parsed.GetValue(Tolerance) is { } tolerance && tolerance is not (> 0 and <= LargestTolerance))
            throw ExpectedException.Usage($"--tolerance is {tolerance}, expected more than 0 and at most {LargestTolerance}");
        return new()
        {
            Run = OneRun(parsed),
            Name = name,
            Options = file,
            Tolerance = parsed.GetValue(Tolerance),
            VerifyDataset = DatasetOptions.Read(parsed, VerifyDataset),
        };
    }

    // A shell's pattern may match several runs. A version comes from one of them.
    private static string OneRun(ParseResult parsed)
    {
        var runs = parsed.GetRequiredValue(Run);
        if (runs is [var run])
            return run;
        var others = parsed.Tokens.Select(token => token.Value).Where(word => word != Run.Name && !runs.Contains(word));
        foreach (var each in runs.OrderByDescending(Directory.GetLastWriteTime))
        {
            var words = string.Join(' ', others.Append(Run.Name).Append(each).Select(Shell.Word));
            var time = Directory.Exists(each) ? $"  # {Directory.GetLastWriteTime(each):yyyy-MM-dd HH:mm:ss}" : "";
            Console.Error.WriteLine($"  lenetserve-export {words}{time}");
        }
        throw ExpectedException.Usage(
            $"{runs.Length} runs match {Run.Name}, expected one: copy one of the commands above, the newest is first");
    }

    private static ExportOptions FileOptions(ParseResult parsed)
    {
        var opset = parsed.GetValue(Opset);
        if (opset is < OpsetVersions.Lowest or > OpsetVersions.Highest)
            throw ExpectedException.Usage($"--opset is {opset}, expected {OpsetVersions.Lowest} to {OpsetVersions.Highest}");
        var batch = parsed.GetRequiredValue(Batch);
        if (batch != "dynamic" && !(int.TryParse(batch, out var size) && size is >= 1 and <= LargestBatch))
            throw ExpectedException.Usage($"--batch is \"{batch}\", expected dynamic or a number of images from 1 to {LargestBatch}");
        return new()
        {
            Opset = opset,
            InputType = parsed.GetValue(Input),
            Layout = parsed.GetValue(Layout),
            Batch = batch == "dynamic" ? null : int.Parse(batch),
            Outputs = ParseOutputs(parsed.GetRequiredValue(Outputs), parsed.GetValue(Precision)),
            Precision = parsed.GetValue(Precision),
            Doc = parsed.GetValue(Doc),
            License = parsed.GetValue(License),
            Author = parsed.GetValue(Author),
        };
    }

    private static ModelOutputs ParseOutputs(string text, Precision precision)
    {
        if (text.Any(char.IsAsciiDigit) || !Enum.TryParse<ModelOutputs>(text, ignoreCase: true, out var outputs)
            || (outputs & ModelOutputs.Both) == 0)
            throw ExpectedException.Usage(
                $"--outputs is \"{text}\", expected probabilities, logits or both, and with commas layers, gradient and novelty"
                + string.Concat(text.Split(',').Where(part => !OutputNames.Contains(part))
                    .Select(part => NearestName.Hint(part, OutputNames)).Take(1)));
        if ((outputs & ~ModelOutputs.Both) != 0 && precision != Emit.Precision.Float32)
            throw ExpectedException.Usage($"--outputs {text} with --precision float16, expected float32 for layers, gradient and novelty");
        return outputs;
    }
}
