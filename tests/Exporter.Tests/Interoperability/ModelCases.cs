using System.Security.Cryptography;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Publish;
using LeNetServe.Exporter.Quantize;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Running;
using LeNetServe.Specs;
using LeNetServe.Tensors;

namespace LeNetServe.Exporter.Tests.Interoperability;

/// <summary>
/// Models for other tools: every variant, every option, int8, and the shipped ones. The tests of the class share them.
/// </summary>
public sealed class ModelCases : IDisposable
{
    private readonly TemporaryDirectory temporary = new();
    private readonly Dictionary<string, ModelCase> cases = [];

    public ModelCases()
    {
        foreach (var variant in Variants.Names.Contains("lenet5-1998") ? Variants.Names : Variants.Names.Append("paper"))
            Add(variant, "default", new());
        foreach (var opset in new[] { 11, 17, 21 })
            Add("lenet5-bn", $"opset {opset}", new() { Opset = opset });
        Add("lenet5", "batch 1", new() { Batch = 1 });
        Add("lenet5", "uint8", new() { InputType = InputType.UInt8 });
        Add("lenet5", "nhwc", new() { Layout = TensorLayout.Nhwc });
        Add("lenet5", "float16", new() { Precision = Precision.Float16 }, tolerance: 5e-3);
        AddGradient("lenet5");
        AddGradient("lenet5-1998");
        AddNovelty("lenet5", "novelty", new());
        foreach (var opset in new[] { 11, 17, 18, 21 })
            AddNovelty("lenet5", $"novelty, opset {opset}", new() { Opset = opset });
        AddNovelty("lenet5-1998", "novelty", new());
        AddQuantized();
        foreach (var version in Repository.ShippedVersions)
            AddShipped(version);
    }

    /// <summary>The cases by name.</summary>
    internal IReadOnlyCollection<ModelCase> All => cases.Values;

    /// <summary>
    /// Every variant in the operator sets, input types and batches that the format promises, up to <paramref name="highestOpset"/>.
    /// </summary>
    internal IReadOnlyList<string> Matrix(int highestOpset) =>
    [
        .. from variant in Variants.Names.Append("paper")
           from opset in new[] { 11, 13, 17, 21 }
           where opset <= highestOpset
           from type in Enum.GetValues<InputType>()
           from batch in new int?[] { null, 1 }
           select Write(variant, $"{variant}-{opset}-{type}-{batch}", new() { Opset = opset, InputType = type, Batch = batch }, 1e-4),
    ];

    public void Dispose() => temporary.Dispose();

    private void Add(string variant, string options, ExportOptions export, double tolerance = 1e-5) =>
        cases.Add($"{variant} {options}", new(variant, options, Write(variant, $"{variant}-{options}", export, tolerance), tolerance));

    private string Write(string variant, string name, ExportOptions options, double tolerance) =>
        Write(TestRuns.Create(temporary["runs"], TestSpecs.Create(variant)), name, options, tolerance);

    private string Write(RunDirectory run, string name, ExportOptions options, double tolerance)
    {
        var result = RunExport.Export(
            new() { Run = run.Path, Name = "net", Options = options, Tolerance = tolerance }, TestContext.Current.CancellationToken);
        Assert.True(result.Proof.Passed, $"{name}: {result.Proof.Golden}");
        return ModelPublisher.PublishTo(
            temporary[name], new() { { "model.onnx", result.Model }, { GoldenTensors.FileName, result.Golden } });
    }

    /// <summary>Adds a file that computes its gradient, with ONNX Runtime's values in gradient.safetensors.</summary>
    private void AddGradient(string variant)
    {
        Add(variant, "gradient", new() { Outputs = ModelOutputs.Probabilities | ModelOutputs.Layers | ModelOutputs.Gradient });
        WriteAnswers(cases[$"{variant} gradient"].Directory, "gradient");
    }

    /// <summary>Adds a calibrated file that scores strange images, with ONNX Runtime's values in novelty.safetensors.</summary>
    private void AddNovelty(string variant, string options, ExportOptions export)
    {
        var run = NoveltyRuns.Create(temporary["novelty-runs"], variant, out _);
        export = export with { Outputs = ModelOutputs.Probabilities | ModelOutputs.Novelty };
        var directory = Write(run, $"{variant}-{options}", export, 1e-5);
        cases.Add($"{variant} {options}", new(variant, options, directory, 1e-5));
        WriteAnswers(directory, "novelty");
    }

    private static void WriteAnswers(string directory, string output)
    {
        var golden = GoldenTensors.Read(Path.Combine(directory, GoldenTensors.FileName));
        using var session = new GraphSession(File.ReadAllBytes(Path.Combine(directory, "model.onnx")));
        var pixels = StoredTensor.From(Array.ConvertAll(golden.Pixels, pixel => (float)pixel), golden.Count, 1, 32, 32);
        var answers = session.Run(new Dictionary<string, StoredTensor> { ["pixels"] = pixels })[output];
        SafetensorsFile.Write(Path.Combine(directory, $"{output}.safetensors"), [(output, answers)]);
    }

    // The name has the hash, so that a document about another file is found to be stale.
    private void AddShipped(string version)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(version, "model.onnx"))));
        var name = $"{Path.GetRelativePath(Repository.Root, version)} ({hash[..12]})";
        cases.Add(name, new(name, "shipped", version, 1e-5));
    }

    private void AddQuantized()
    {
        var source = cases["lenet5 default"].Directory;
        var spec = TestSpecs.Create("lenet5");
        var pixels = TestRuns.Images(spec.Input, 100, new Random(3));
        var set = new ImageSet(spec.Input, pixels, new int[100]);
        var dataset = new ImageDataset
        {
            Name = "noise",
            Labels = [.. Enumerable.Range(0, 10).Select(index => $"class {index}")],
            Imaging = new() { Input = spec.Input },
            Train = set,
            Test = set,
        };
        var quantized = ModelQuantizer.Quantize(source, "int8", dataset, new(), 100, TestContext.Current.CancellationToken);
        var directory = ModelPublisher.PublishTo(
            temporary["int8"], new() { { "model.onnx", quantized.Model }, { GoldenTensors.FileName, quantized.Golden } });
        cases.Add("lenet5 int8", new("lenet5", "int8", directory, quantized.Manifest.GoldenTolerance!.Value));
    }
}
