using System.Security.Cryptography;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Models;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Proof;

/// <summary>Measures a model file, ours or a foreign one, through the same door as the server.</summary>
internal static class ModelVerifier
{
    /// <summary>Checks seal, graph and golden tensors, and classifies a whole test set where one is given.</summary>
    /// <exception cref="InvalidDataException">The file is broken, or is no classifier of such images.</exception>
    public static VerifyResult Verify(string path, DatasetRequest? request, TimeProvider time, CancellationToken cancellation)
    {
        var files = ModelFiles.Locate(path);
        var bytes = File.ReadAllBytes(files.Model);
        var parsed = OnnxFile.Parse(files.Model, bytes);
        OnnxFile.CheckSeal(files.Model, parsed);
        if (parsed.ProducerName == OnnxFile.Producer)
            ModelChecker.Check(parsed);
        if (ModelMetadata.ReadManifest(files.Model, parsed) is { } own && parsed.Graph.Output is not [{ Name: TensorNames.Probabilities }])
            return VerifyOtherOutputs(files, bytes, parsed, own, request, time, cancellation);
        using var model = ClassifierModel.Open(files.Model);
        var result = new VerifyResult
        {
            Path = files.Model,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Name = model.Facts.Manifest?.Name,
            Golden = model.CheckGolden() is { } golden ? new(golden.Images, golden.Images - golden.Disagreements, golden.MaxDifference, golden.Tolerance, golden.Passed) : null,
        };
        if (request is null)
            return result;

        var dataset = OpenTestSet(request, cancellation);
        var manifest = model.Facts.Manifest;
        DatasetProof.RequireFit(dataset, model.Facts.Input, manifest?.Labels ?? dataset.Labels);
        var start = time.GetTimestamp();
        var proof = Classify(model, dataset, cancellation);
        return result with { Dataset = Against(proof, manifest), Seconds = time.GetElapsedTime(start).TotalSeconds };
    }

    // The server's door reads one output, probabilities; a file with others is measured through the exporter's.
    private static VerifyResult VerifyOtherOutputs(
        ModelFiles files, byte[] bytes, ModelProto parsed, ModelManifest manifest, DatasetRequest? request, TimeProvider time, CancellationToken cancellation)
    {
        if (files.Golden is null)
            throw new InvalidDataException($"{files.Model}: {GoldenTensors.FileName} is missing beside the model");
        if (Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(files.Golden))) is var found && found != manifest.GoldenSha256)
            throw new InvalidDataException($"{files.Golden}: SHA-256 {found}, expected the manifest's {manifest.GoldenSha256}");
        using var model = new ModelUnderTest(files.Model, parsed);
        var golden = GoldenParity.Measure(model, GoldenTensors.Read(files.Golden), manifest.GoldenTolerance ?? GoldenCheck.DefaultTolerance, cancellation);
        var passed = golden.MaxDifference <= golden.Tolerance && GoldenCheck.Agrees(golden.Images, golden.Images - golden.SameArgmax, manifest.Precision);
        var result = new VerifyResult
        {
            Path = files.Model,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Name = manifest.Name,
            Golden = new(golden.Images, golden.SameArgmax, golden.MaxDifference, golden.Tolerance, passed),
        };
        if (request is null)
            return result;

        var dataset = OpenTestSet(request, cancellation);
        DatasetProof.RequireFit(dataset, model.Image, manifest.Labels);
        var start = time.GetTimestamp();
        var proof = DatasetProof.Measure(model, dataset.Name, dataset.Test, cancellation);
        return result with { Dataset = Against(proof, manifest), Seconds = time.GetElapsedTime(start).TotalSeconds };
    }

    // The training images are not used: one is the fewest that a set can be opened with.
    private static ImageDataset OpenTestSet(DatasetRequest request, CancellationToken cancellation) =>
        DatasetCatalog.Open(request with { TrainImages = 1 }, cancellation);

    /// <summary>Runs over the test images in portions that one core's cache holds.</summary>
    public static DatasetProof Classify(ClassifierModel model, ImageDataset dataset, CancellationToken cancellation)
    {
        const int portion = 256;
        var (test, classes) = (dataset.Test, model.Facts.Classes);
        var outputs = new float[portion * classes];
        var correct = 0;
        for (var first = 0; first < test.Count; first += portion)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(portion, test.Count - first);
            model.Run(test.Pixels.AsSpan(first * test.Shape.Count, count * test.Shape.Count), outputs.AsSpan(0, count * classes));
            for (var image = 0; image < count; image++)
                if (Comparison.ArgMax(outputs.AsSpan(image * classes, classes)) == test.Labels[first + image])
                    correct++;
        }
        return new(dataset.Name, test.Count, correct);
    }

    // The manifest's accuracy is that of the same test set only where the set's name and size are the same.
    private static DatasetProof Against(DatasetProof proof, ModelManifest? manifest) =>
        manifest is not { TestAccuracy: { } accuracy } || manifest.TestImages != proof.Images || manifest.Dataset.Name != proof.Dataset
            ? proof
            : proof with { TorchAccuracy = accuracy, Passed = Math.Abs(proof.Accuracy - accuracy) <= (manifest.Precision == WeightPrecision.Full ? 1e-4 : 1e-3) + 1e-9 };
}
