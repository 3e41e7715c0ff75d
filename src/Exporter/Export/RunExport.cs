using System.Security.Cryptography;
using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Files;
using LeNetServe.Models;
using LeNetServe.Runtime.Devices;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Export;

/// <summary>Turns a run into a model that is written, checked and measured. Nothing is published here.</summary>
internal static class RunExport
{
    private const double HalfTolerance = 5e-3;

    /// <summary>
    /// Gets the largest difference of a probability that passes if the user gives none. An RBF layer magnifies the last digit of its input
    /// (docs/decisions/0013), in torch as in the file.
    /// </summary>
    public static double DefaultTolerance(Precision precision, LeNetSpec spec) =>
        precision == Precision.Float16 ? HalfTolerance : spec.Layers.Any(layer => layer is RbfSpec) ? 1e-4 : 1e-5;

    /// <summary>Folds, writes, checks, and proves.</summary>
    /// <exception cref="InvalidDataException">The run is broken; the message names the file.</exception>
    public static ExportResult Export(ExportRequest request, CancellationToken cancellation)
    {
        var run = TrainedRun.Read(request.Run);
        var trained = run.Trained;
        var folded = FoldedNetwork.Fold(trained.Spec, run.Weights, trained.Normalization, trained.Temperature) with
        {
            Novelty = Novelty(request, run),
        };
        var emitted = ModelEmitter.Emit(folded, request.Options);
        ModelMetadata.Add(emitted.Model, Manifest(request, run), request.Options);
        var bytes = OnnxFile.Seal(emitted.Model);
        var model = OnnxFile.Parse("the model just written", bytes);
        CheckWritten(model);
        cancellation.ThrowIfCancellationRequested();
        var proof = Prove(request, run, emitted, model, bytes, cancellation);
        return new(bytes, run.Trained.Labels, RegularFile.ReadAllBytes(run.Directory.Golden), proof);
    }

    private static ModelManifest Manifest(ExportRequest request, TrainedRun run) => new()
    {
        Name = request.Name,
        Spec = run.Trained.Spec,
        Labels = run.Trained.Labels,
        Imaging = run.Trained.Imaging,
        Normalization = run.Trained.Normalization,
        Dataset = run.Trained.Dataset,
        Run = run.Directory.Id,
        Recipe = run.Directory.ReadRecipe(),
        TestAccuracy = run.Summary?.TestAccuracy,
        TestImages = run.Summary?.TestImages,
        // A rule in the manifest promises the output.
        Certainty = request.Options.Outputs.HasFlag(ModelOutputs.Novelty)
            ? run.Trained.Certainty
            : run.Trained.Certainty?.WithoutNovelty(),
        WeightsSha256 = run.WeightsSha256,
        GoldenSha256 = run.GoldenSha256,
        Precision = request.Options.Precision == Precision.Float16 ? WeightPrecision.Half : WeightPrecision.Full,
        GoldenTolerance = request.Tolerance ?? (request.Options.Precision == Precision.Float16 ? HalfTolerance : null),
    };

    private static (NoveltyModel Model, NoveltyRule Rule)? Novelty(ExportRequest request, TrainedRun run)
    {
        if (!request.Options.Outputs.HasFlag(ModelOutputs.Novelty))
            return null;
        return File.Exists(run.Directory.Novelty) && run.Trained.Certainty?.Novelty is { } rule
            ? (NoveltyModel.Read(run.Directory.Novelty), rule)
            : throw new ExpectedException(
                ExitCode.BadInput,
                $"--outputs asks for novelty and {run.Directory.Path} has no {NoveltyModel.FileName}: {WhyNoNovelty(run)}");
    }

    private static string WhyNoNovelty(TrainedRun run)
    {
        var (trained, layer) = (run.Trained, NoveltyRule.LayerOf(run.Trained.Spec));
        if (trained.Certainty is null)
        {
            var validates = run.Directory.ReadRecipe()?.GetValueOrDefault("validation") is not "0";
            return $"it held out fewer than {HeldOutImages.Fewest} of its {Counted.Of(trained.Dataset.TrainImages, "training image")}; "
                + HeldOutImages.Advice(validates, trained.Dataset.TrainImages, trained.Labels.Count);
        }
        var values = trained.Spec.Trace().LastOrDefault(row => row.Layer.Name == layer)?.Output.Count ?? trained.Spec.Classes;
        return values > NoveltyModel.MostFeatures
            ? $"{layer ?? "its answer"} has {Counted.Of(values, "value")}, expected at most {NoveltyModel.MostFeatures:N0}"
            : "an older program trained it; train it again";
    }

    private static void CheckWritten(ModelProto model)
    {
        try
        {
            ModelChecker.Check(model);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidOperationException($"the exporter wrote a model that its own checker refuses: {exception.Message}", exception);
        }
    }

    private static ModelProof Prove(
        ExportRequest request, TrainedRun run, EmittedModel emitted, ModelProto model, byte[] bytes, CancellationToken cancellation)
    {
        var tolerance = request.Tolerance ?? DefaultTolerance(request.Options.Precision, run.Trained.Spec);
        var weights = model.Graph.Initializer.Where(tensor => tensor.DataType != (int)TensorProto.Types.DataType.Int64);
        using var session = new ModelUnderTest("the model just written", model);
        var testSet = request.VerifyDataset is { } dataset
            ? ProveDataset(dataset, run, session, Manifest(request, run), cancellation)
            : null;
        return new()
        {
            Name = request.Name,
            Run = run.Directory.Id,
            Variant = run.Trained.Spec.Name,
            Options = Describe(request.Options),
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Bytes = bytes.Length,
            Nodes = model.Graph.Node.Count,
            Parameters = weights.Sum(TensorData.Count),
            OnnxRuntime = ExecutionProviders.Version,
            Golden = GoldenParity.Measure(session, run.Golden, tolerance, cancellation),
            Layers = LayerDeparture.Measure(emitted, run.Trained, run.Weights, run.Golden, cancellation),
            Dataset = testSet,
            Notes = Notes(run, testSet),
        };
    }

    private static SortedDictionary<string, string> Describe(ExportOptions options) => new(StringComparer.Ordinal)
    {
        ["opset"] = $"{options.Opset}",
        ["ir"] = $"{OpsetVersions.LowestIr(options.Opset)}",
        ["input"] = options.InputType.ToString().ToLowerInvariant(),
        ["layout"] = options.Layout.ToString().ToLowerInvariant(),
        ["batch"] = options.Batch is { } batch ? $"{batch}" : "dynamic",
        ["outputs"] = options.Outputs.ToString().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal),
        ["precision"] = options.Precision.ToString().ToLowerInvariant(),
    };

    private static DatasetProof ProveDataset(
        DatasetRequest request, TrainedRun run, ModelUnderTest model, ModelManifest manifest, CancellationToken cancellation)
    {
        var dataset = DatasetProof.OpenTestSet(request, cancellation);
        if (dataset.Name != run.Trained.Dataset.Name)
            throw ExpectedException.Usage(
                $"--verify-dataset is {dataset.Name}, expected {run.Trained.Dataset.Name}, the data set of the run");
        DatasetProof.RequireFit(dataset, run.Trained.Spec.Input, run.Trained.Labels);
        return DatasetProof.Measure(model, dataset, manifest, cancellation)
            .Against(run.Summary?.TestAccuracy, run.Summary?.TestImages);
    }

    private static List<string> Notes(TrainedRun run, DatasetProof? testSet)
    {
        var notes = new List<string>();
        if (run.Summary is null)
            notes.Add("The run is not finished (no summary.json): "
                + "its weights are those of the last checkpoint, and its accuracy is not known.");
        if (!run.Verified)
            notes.Add("The run has no SHA256SUMS: its files could not be compared with what the training wrote.");
        if (testSet is { Passed: null })
        {
            var measured = run.Summary is { } summary ? $"{summary.TestImages} of {run.Trained.Dataset.Name}" : "none";
            notes.Add($"The accuracy on {testSet.Images} test images of {testSet.Dataset} is not comparable with the run: "
                + $"it measured {measured}.");
        }
        return notes;
    }
}
