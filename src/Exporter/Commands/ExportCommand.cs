using System.CommandLine;
using System.Text.Json;
using LeNetServe.Cli;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Exporter.Publish;
using LeNetServe.Files;
using LeNetServe.Models;

namespace LeNetServe.Exporter.Commands;

/// <summary><c>export</c>: a run becomes the next version of a model, if it proves itself.</summary>
internal static class ExportCommand
{
    // A probability further off is another answer.
    private const double LargestTolerance = 0.1;

    // Each run of a fixed batch computes, and holds, all of its images; a larger one takes gigabytes and gains nothing.
    private const int LargestBatch = 256;

    private static readonly Option<string> Run = CliOption.RequiredPath("--run", "the run's directory, such as runs/<id>");
    private static readonly Option<string> Name = CliOption.Required("--name", "the model's name, such as lenet5-mnist");
    private static readonly Option<string?> Repository = CliOption.OptionalPath("--repository", "the model repository; the next version of the model is written there");
    private static readonly Option<string?> Out = CliOption.OptionalPath("--out", "a new directory for the files, instead of a repository");
    private static readonly Option<int> Opset = CliOption.WithDefault("--opset", 13, $"operator set, {OpsetVersions.Lowest} to {OpsetVersions.Highest}; the lowest IR version that carries it is written");
    private static readonly Option<InputType> Input = CliOption.Choice<InputType>("--input-type", "element type of the input");
    private static readonly Option<InputLayout> Layout = CliOption.Choice<InputLayout>("--layout", "order of the input's dimensions");
    private static readonly Option<string> Batch = CliOption.WithDefault("--batch", "dynamic", "images per run: dynamic, or a fixed number");
    private static readonly Option<ModelOutputs> Outputs = CliOption.Choice<ModelOutputs>("--outputs", "what the file gives");
    private static readonly Option<Precision> Precision = CliOption.Choice<Precision>("--precision", "number format of weights and arithmetic");
    private static readonly Option<string?> Doc = CliOption.Optional("--doc", "a description for people, in the file");
    private static readonly Option<string?> License = CliOption.Optional("--license", "the license of the weights, in the file's metadata");
    private static readonly Option<string?> Author = CliOption.Optional("--author", "the author, in the file's metadata");
    private static readonly Option<double?> Tolerance = CliOption.Number<double>("--tolerance", "largest difference of a probability from torch's (default: 1e-5; with an RBF layer 1e-4; float16: 5e-3), at most 0.1");
    private static readonly Option<string?> VerifyDataset = CliOption.Optional("--verify-dataset", "classify this data set's whole test set before publishing");
    private static readonly Option<string?> Data = CliOption.OptionalPath("--data", "the directory of that data set");
    private static readonly Option<string?> Report = CliOption.OptionalPath("--report", "a directory for report.md and report.json, also where nothing is published");

    public static Command Create()
    {
        var command = new Command("export", "Writes a run as the next version of a model: folded, checked, proved against torch's answers, then published.")
        {
            Run, Name, Repository, Out, Opset, Input, Layout, Batch, Outputs, Precision, Doc, License, Author, Tolerance, VerifyDataset, Data, Report,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult((int)Execute(parsed, cancellation)));
        return command;
    }

    private static ExitCode Execute(ParseResult parsed, CancellationToken cancellation)
    {
        var options = ReadOptions(parsed);
        var target = PublishTarget.Read(parsed.GetValue(Repository), parsed.GetValue(Out));
        if (target.IsRepository && options.Outputs != ModelOutputs.Probabilities)
            throw new ExpectedException(ExitCode.Usage, $"--outputs {options.Outputs.ToString().ToLowerInvariant()} with --repository: the server reads one output, probabilities; write this file elsewhere with --out");
        var name = ModelName.Require(parsed.GetValue(Name)!);
        if (parsed.GetValue(Tolerance) is { } tolerance && tolerance is not (> 0 and <= LargestTolerance))
            throw new ExpectedException(ExitCode.Usage, $"--tolerance is {tolerance}, expected more than 0 and at most {LargestTolerance}");
        var result = RunExport.Export(new()
        {
            Run = parsed.GetValue(Run)!,
            Name = name,
            Options = options,
            Tolerance = parsed.GetValue(Tolerance),
            VerifyDataset = DatasetOptions.Read(parsed.GetValue(VerifyDataset), parsed.GetValue(Data), "--verify-dataset"),
        }, cancellation);
        WriteReport(parsed.GetValue(Report), result.Proof);
        if (!result.Proof.Passed)
            throw new ExpectedException(ExitCode.CheckFailed, $"nothing is published: {Failure(result.Proof)}");

        cancellation.ThrowIfCancellationRequested();
        ExportText.Write(result.Proof, target.Publish(name, Files(result)));
        return ExitCode.Success;
    }

    private static ExportOptions ReadOptions(ParseResult parsed)
    {
        var opset = parsed.GetValue(Opset);
        if (opset is < OpsetVersions.Lowest or > OpsetVersions.Highest)
            throw new ExpectedException(ExitCode.Usage, $"--opset is {opset}, expected {OpsetVersions.Lowest} to {OpsetVersions.Highest}");
        var batch = parsed.GetValue(Batch)!;
        if (batch != "dynamic" && !(int.TryParse(batch, out var size) && size is >= 1 and <= LargestBatch))
            throw new ExpectedException(ExitCode.Usage, $"--batch is \"{batch}\", expected dynamic or a number of images from 1 to {LargestBatch}");
        return new()
        {
            Opset = opset,
            InputType = parsed.GetValue(Input),
            Layout = parsed.GetValue(Layout),
            Batch = batch == "dynamic" ? null : int.Parse(batch),
            Outputs = parsed.GetValue(Outputs),
            Precision = parsed.GetValue(Precision),
            Doc = parsed.GetValue(Doc),
            License = parsed.GetValue(License),
            Author = parsed.GetValue(Author),
        };
    }

    private static VersionFiles Files(ExportResult result)
    {
        var files = new VersionFiles
        {
            { Runtime.Models.ModelFiles.ModelFileName, result.Model },
            { GoldenTensors.FileName, result.Golden },
        };
        files.AddText(Runtime.Models.ModelFiles.LabelsFileName, string.Concat(result.Labels.Select(label => label + "\n")));
        files.AddText(ProofReport.JsonName, ToJson(result.Proof));
        files.AddText(ProofReport.MarkdownName, ProofReport.ToMarkdown(result.Proof));
        return files;
    }

    private static void WriteReport(string? directory, ModelProof proof)
    {
        if (directory is null)
            return;
        Directory.CreateDirectory(directory);
        AtomicFile.WriteText(Path.Combine(directory, ProofReport.JsonName), ToJson(proof));
        AtomicFile.WriteText(Path.Combine(directory, ProofReport.MarkdownName), ProofReport.ToMarkdown(proof));
    }

    private static string ToJson(ModelProof proof) => JsonSerializer.Serialize(proof, ExporterJson.Default.ModelProof) + "\n";

    private static string Failure(ModelProof proof)
    {
        var worst = proof.WorstLayer is { } layer ? $"; layer {layer.Layer} departs most ({layer.MaxDifference:0.0e0})" : "";
        return proof.Golden.Passed
            ? $"{proof.Dataset}, expected torch's {proof.Dataset!.TorchAccuracy:P2}{worst}"
            : $"{proof.Golden}, expected all and at most the tolerance{worst}";
    }
}
