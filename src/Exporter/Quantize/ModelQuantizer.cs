using System.Security.Cryptography;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Files;
using LeNetServe.Models;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Running;

namespace LeNetServe.Exporter.Quantize;

/// <summary>Turns a published float model into an int8 model that is checked and measured beside it. Nothing is published here.</summary>
internal static class ModelQuantizer
{
    private const int LowestOpset = 13;

    /// <summary>Plans, calibrates, writes, checks and measures.</summary>
    /// <exception cref="InvalidDataException">The model cannot be quantized, or does not fit the data set.</exception>
    public static QuantizedModel Quantize(
        string path, string name, ImageDataset dataset, QuantizationOptions options, double maxLoss, CancellationToken cancellation)
    {
        var files = ModelFiles.Locate(path);
        var (whole, content) = OnnxFile.Read(files.Model);
        var manifest = Require(files, whole);
        // Layers and gradient would be those of other weights.
        var model = PrunedGraph.Of(whole, [.. whole.Graph.Output.Select(output => output.Name).Where(IsAnswer)]);
        DatasetProof.RequireFit(dataset, manifest.Spec.Input, manifest.Labels);
        if (dataset.Train.Count == 0)
            throw new InvalidDataException($"data set {dataset.Name} has no training images, expected some to calibrate with");

        var plan = QuantizationPlan.Of(model.Graph);
        var ranges = Calibration.Measure(model, plan, dataset.Train, options, cancellation);
        var quantized = model.Clone();
        quantized.Graph = QuantizedGraph.Write(model.Graph, plan, ranges, options.WeightBits);
        using var before = new ModelUnderTest(files.Model, model);
        using var after = new ModelUnderTest("the quantized model", quantized);
        var parity = GoldenParity.Measure(after, GoldenTensors.Read(files.Golden!), QuantizationReport.LargestDifference, cancellation);
        var accuracy = DatasetProof.Measure(after, dataset, manifest, cancellation);
        var written = Describe(manifest, name, accuracy, parity);
        ModelMetadata.ReplaceByInt8(quantized, manifest, written);
        var result = OnnxFile.Seal(quantized);
        ModelChecker.Check(OnnxFile.Parse("the quantized model", result));
        var method = options.Method == RangeMethod.MinMax ? "smallest and largest value" : $"the {options.Percentile} % percentile";
        return new(result, written, RegularFile.ReadAllBytes(files.Golden!), new()
        {
            Name = name,
            FloatSha256 = content.Sha256,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(result)),
            Dataset = dataset.Name,
            Calibration = $"{method} on {dataset.Train.Count} training images, weights of {options.WeightBits} bits",
            TestImages = accuracy.Images,
            FloatAccuracy = DatasetProof.Measure(before, dataset, manifest, cancellation).Accuracy,
            Accuracy = accuracy.Accuracy,
            FloatBytes = content.Length,
            Bytes = result.Length,
            MaxLoss = maxLoss,
            GoldenImages = parity.Images,
            SameArgmax = parity.SameArgmax,
            MaxDifference = parity.MaxDifference,
        });
    }

    private static ModelManifest Describe(ModelManifest manifest, string name, DatasetProof accuracy, GoldenParity parity)
    {
        // Other processors round differently, so the tolerance is twice the measured difference.
        var tolerance = Math.Ceiling(Math.Max(parity.MaxDifference * 2, 0.05) * 100) / 100;
        // A manifest's accuracy belongs to the data set that it names.
        var own = accuracy.Dataset == manifest.Dataset.Name;
        return manifest with
        {
            Name = name,
            Precision = WeightPrecision.Quantized,
            TestAccuracy = own ? accuracy.Accuracy : null,
            TestImages = own ? accuracy.Images : null,
            GoldenTolerance = Math.Min(QuantizationReport.LargestDifference, tolerance),
        };
    }

    private static bool IsAnswer(string output) => output is TensorNames.Probabilities or TensorNames.Logits;

    private static ModelManifest Require(ModelFiles files, ModelProto model)
    {
        if (ModelMetadata.ReadManifest(files.Model, model) is not { } manifest || files.Golden is null)
            throw new InvalidDataException($"{files.Model}: no {ModelManifest.MetadataKey} in the metadata "
                + $"or no {GoldenTensors.FileName} beside it, expected a model that this program exported");
        var opset = model.OpsetImport[0].Version;
        if (opset < LowestOpset)
            throw new InvalidDataException($"{files.Model}: operator set {opset}, expected {LowestOpset} or higher, "
                + $"which has scales per output map: export with --opset {LowestOpset}");
        ModelChecker.Check(model);
        if (!model.Graph.Output.Any(output => IsAnswer(output.Name)) || model.Graph.Output.Any(output => output.Name == ModelFacts.Novelty))
            throw new InvalidDataException(
                $"{files.Model} has a novelty or no probabilities as output, expected probabilities: export with --outputs probabilities");
        if (model.Graph.Node.Any(node => node.OpType == "QuantizeLinear"))
            throw new InvalidDataException($"{files.Model} is quantized already, expected a float32 model");
        if (model.Graph.Initializer.Any(tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float16))
            throw new InvalidDataException($"{files.Model} is float16, expected float32: export with --precision float32");
        return manifest;
    }
}
