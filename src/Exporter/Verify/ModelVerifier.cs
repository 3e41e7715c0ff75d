using System.Security.Cryptography;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Check;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Prove;
using LeNetServe.Models;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Verify;

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
        if (parsed.ProducerName == ModelMetadata.Producer)
            _ = ModelChecker.Check(parsed);
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

        var dataset = DatasetCatalog.Open(request, cancellation);
        var manifest = model.Facts.Manifest;
        DatasetProof.RequireFit(dataset, model.Facts.Input, manifest?.Labels ?? dataset.Labels);
        var start = time.GetTimestamp();
        var proof = Classify(model, dataset, cancellation);
        return result with { Dataset = Against(proof, manifest), Seconds = time.GetElapsedTime(start).TotalSeconds };
    }

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
