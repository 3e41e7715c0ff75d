using LeNetServe.Datasets;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Files;
using LeNetServe.Models;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Models;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Proof;

/// <summary>Measures a model file of this project or a foreign one, through the same class as the server.</summary>
/// <param name="request">The data set whose test images are classified; null for none.</param>
/// <param name="device">The device that runs the model.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelVerifier(DatasetRequest? request, Device device, TimeProvider time)
{
    /// <summary>Images in a portion that one core's cache holds.</summary>
    private const int Portion = 256;

    /// <summary>Checks seal, graph and golden tensors, and classifies the test set if one is given.</summary>
    /// <exception cref="InvalidDataException">The file is broken, or does not classify such images.</exception>
    public VerifyResult Verify(string path, CancellationToken cancellation)
    {
        var files = ModelFiles.Locate(path);
        var (parsed, content) = OnnxFile.Read(files.Model);
        if (parsed.ProducerName == OnnxFile.Producer)
            ModelChecker.Check(parsed);
        var result = new VerifyResult { Path = files.Model, Sha256 = content.Sha256 };
        var manifest = ModelMetadata.ReadManifest(files.Model, parsed);
        return manifest is not null && parsed.Graph.Output.All(output => output.Name != TensorNames.Probabilities)
            ? VerifyOtherOutputs(result, files, parsed, manifest, cancellation)
            : VerifyServed(result, cancellation);
    }

    /// <summary>Classifies the test images as the server does.</summary>
    public static DatasetProof Classify(ClassifierModel model, ImageDataset dataset, CancellationToken cancellation)
    {
        var test = dataset.Test;
        var probabilities = new float[test.Count * model.Facts.Classes];
        for (var first = 0; first < test.Count; first += Portion)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(Portion, test.Count - first);
            var answers = probabilities.AsSpan(first * model.Facts.Classes, count * model.Facts.Classes);
            model.Classify(test.Pixels.AsSpan(first * test.Shape.Count, count * test.Shape.Count), answers);
        }
        return DatasetProof.Of(dataset, probabilities, model.Facts.Manifest);
    }

    private VerifyResult VerifyServed(VerifyResult result, CancellationToken cancellation)
    {
        using var model = ClassifierModel.Open(result.Path, new() { Device = device });
        var manifest = model.Facts.Manifest;
        result = result with
        {
            Name = manifest?.Name,
            Golden = model.CheckGolden() is { } golden
                ? new(golden.Images, golden.Images - golden.Disagreements, golden.MaxDifference, golden.Tolerance, golden.Passed)
                : null,
        };
        return WithTestSet(result, model.Facts.Input, manifest, dataset => Classify(model, dataset, cancellation), cancellation);
    }

    // The server reads probabilities. A file without them is measured by the exporter's own session.
    private VerifyResult VerifyOtherOutputs(
        VerifyResult result, ModelFiles files, ModelProto parsed, ModelManifest manifest, CancellationToken cancellation)
    {
        if (files.Golden is null)
            throw new InvalidDataException($"{files.Model}: {GoldenTensors.FileName} is missing beside the model");
        if (RegularFile.Sha256(files.Golden) is var found && found != manifest.GoldenSha256)
            throw new InvalidDataException($"{files.Golden}: SHA-256 {found}, expected the manifest's {manifest.GoldenSha256}");
        using var model = new ModelUnderTest(files.Model, parsed);
        var tolerance = manifest.GoldenTolerance ?? GoldenCheck.DefaultTolerance;
        var golden = GoldenParity.Measure(model, GoldenTensors.Read(files.Golden), tolerance, cancellation);
        var agrees = GoldenCheck.Agrees(golden.Images, golden.Images - golden.SameArgmax, manifest.Precision);
        result = result with
        {
            Name = manifest.Name,
            Golden = new(golden.Images, golden.SameArgmax, golden.MaxDifference, tolerance, agrees && golden.MaxDifference <= tolerance),
        };
        return WithTestSet(
            result, model.Image, manifest, dataset => DatasetProof.Measure(model, dataset, manifest, cancellation), cancellation);
    }

    private VerifyResult WithTestSet(
        VerifyResult result, TensorShape input, ModelManifest? manifest, Func<ImageDataset, DatasetProof> measure,
        CancellationToken cancellation)
    {
        if (request is null)
            return result;
        var dataset = DatasetProof.OpenTestSet(request, cancellation);
        DatasetProof.RequireFit(dataset, input, manifest?.Labels ?? dataset.Labels);
        var start = time.GetTimestamp();
        var proof = measure(dataset);
        // The manifest's accuracy belongs to one test set.
        if (manifest?.Dataset.Name == dataset.Name)
            proof = proof.Against(manifest.TestAccuracy, manifest.TestImages, manifest.Precision == WeightPrecision.Full ? 1e-4 : 1e-3);
        if (dataset.Skipped.Count > 0)
            proof = proof with { Skipped = dataset.Skipped };
        return result with { Dataset = proof, Seconds = time.GetElapsedTime(start).TotalSeconds };
    }
}
