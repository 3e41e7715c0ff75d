using System.Text.Json;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Models;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Tests.Export;

public sealed class RunExportTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    public static TheoryData<string, int> SpecsAndChannels => [.. TestSpecs.Names.SelectMany(name => new[] { (name, 1), (name, 3) })];

    public static TheoryData<string, int, string, int> OptionsOfVariants =>
    [
        .. from name in Variants.Names.Append("paper")
           from opset in new[] { 11, 13, 17, 21 }
           from input in new[] { "Float32", "UInt8" }
           from batch in new[] { 0, 1 }
           select (name, opset, input, batch),
    ];

    [Theory]
    [MemberData(nameof(SpecsAndChannels))]
    public void Export_EverySpec_AgreesWithTheReference(string name, int channels)
    {
        var result = Export(TestRuns.Create(temporary.Path, TestSpecs.Create(name, channels)), new());

        Assert.True(result.Proof.Passed, result.Proof.Golden.ToString());
        Assert.InRange(result.Proof.Golden.MaxDifference, 0, 1e-5);
        Assert.NotEmpty(result.Proof.Layers);
        Assert.All(result.Proof.Layers, layer => Assert.InRange(layer.Relative, 0, 1e-4));
    }

    [Fact]
    public void Export_RunWithSettings_KeepsThemInTheManifestWithoutPaths()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"));
        File.WriteAllText(run.Config, """
            {
              "dataset": "noise", "data": "/home/me/noise", "variant": "/home/me/my.json",
              "seed": 7, "learning_rate": 0.01, "nesterov": true, "keep": null
            }
            """);

        var manifest = ModelMetadata.ReadManifest("", OnnxFile.Parse("", Export(run, new()).Model))!;

        Assert.Equal(
            ["dataset noise", "learning_rate 0.01", "nesterov true", "seed 7"],
            manifest.Recipe!.Select(setting => $"{setting.Key} {setting.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Export_RunWithoutSettings_HasNoRecipe()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"));

        Assert.Null(ModelMetadata.ReadManifest("", OnnxFile.Parse("", Export(run, new()).Model))!.Recipe);
    }

    public static TheoryData<string> Specs => [.. TestSpecs.Names];

    [Theory]
    [MemberData(nameof(Specs))]
    public void Export_CalibratedSpec_AgreesWithTheReference(string name)
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create(name), temperature: 1.7);

        var plain = Export(TestRuns.Create(temporary.Path, TestSpecs.Create(name), seed: 2), new());
        var result = Export(run, new() { Outputs = ModelOutputs.Both });

        Assert.InRange(result.Proof.Golden.MaxDifference, 0, 1e-5);
        Assert.All(result.Proof.Layers, layer => Assert.InRange(layer.Relative, 0, 1e-4));
        // The division costs nothing, unless the last layer has no weights that could take it.
        Assert.Equal(plain.Proof.Nodes + (name == "activation-last" ? 1 : 0), result.Proof.Nodes);
        var manifest = ModelMetadata.ReadManifest("", OnnxFile.Parse("", result.Model))!;
        Assert.Equal(1.7, manifest.Certainty!.Temperature);
    }

    [Theory]
    [InlineData("lenet5", 1, 61_706)]
    [InlineData("lenet5-bn", 1, 61_706)]
    [InlineData("lenet5-bn", 3, 62_006)]
    [InlineData("lenet5-silu", 3, 62_006)]
    public void Export_VariantWithNorms_FoldsToTheParametersOfLeNet5(string name, int channels, int parameters)
    {
        var result = Export(TestRuns.Create(temporary.Path, TestSpecs.Create(name, channels)), new());

        Assert.Equal(parameters, result.Proof.Parameters);
    }

    [Theory]
    [MemberData(nameof(OptionsOfVariants))]
    public void Export_EveryOptionOfEveryVariant_IsCheckedAndProved(string name, int opset, string input, int batch)
    {
        var options = new ExportOptions { Opset = opset, InputType = Enum.Parse<InputType>(input), Batch = batch == 0 ? null : batch };

        var result = Export(TestRuns.Create(temporary.Path, TestSpecs.Create(name)), options);

        Assert.True(result.Proof.Passed, result.Proof.Golden.ToString());
        var model = OnnxFile.Parse("", result.Model);
        Assert.Equal(opset, model.OpsetImport.Single().Version);
        Assert.Equal(OpsetVersions.LowestIr(opset), model.IrVersion);
        ModelChecker.Check(model);
        var types = model.Graph.Input.Concat(model.Graph.Output).ToDictionary(value => value.Name, LeNetServe.Exporter.Onnx.ValueType.From);
        Assert.Equal($"{input.ToLowerInvariant()} {(batch == 0 ? "batch" : batch)}×1×32×32", types["pixels"].ToString());
        Assert.Equal($"float32 {(batch == 0 ? "batch" : batch)}×10", types["probabilities"].ToString());
    }

    public static TheoryData<string, int> WindowsAndOpsets =>
    [
        .. from name in new[] { "strided", "padded-first", "padded-mean-first" }
           from opset in Enumerable.Range(11, 11)
           select (name, opset),
    ];

    [Theory]
    [MemberData(nameof(WindowsAndOpsets))]
    public void Export_StrideAndPaddingInEveryOpset_AgreeWithTheReference(string name, int opset)
    {
        var result = Export(TestRuns.Create(temporary.Path, TestSpecs.Create(name)), new() { Opset = opset });

        Assert.InRange(result.Proof.Golden.MaxDifference, 0, 1e-5);
    }

    [Theory]
    [InlineData("padded-first")]
    [InlineData("padded-mean-first")]
    public void Export_PaddingAtTheInput_NormalizesBeforeIt(string name)
    {
        var result = Export(TestRuns.Create(temporary.Path, TestSpecs.Create(name)), new());

        Assert.Equal(["pixels.scale", "pixels.shift"], OnnxFile.Parse("", result.Model).Graph.Node.Take(2).Select(node => node.Name));
    }

    [Theory]
    [InlineData("lenet5", "Nhwc", "Probabilities", "Float32")]
    [InlineData("lenet5", "Nchw", "Logits", "Float32")]
    [InlineData("lenet5", "Nchw", "Both", "Float32")]
    [InlineData("lenet5-bn", "Nhwc", "Both", "Float16")]
    [InlineData("lenet5", "Nchw", "Logits", "Float16")]
    [InlineData("paper", "Nhwc", "Probabilities", "Float16")]
    [InlineData("every-record", "Nchw", "Both", "Float16")]
    public void Export_LayoutOutputsPrecision_AreProved(string name, string layout, string outputs, string precision)
    {
        var options = new ExportOptions
        {
            Layout = Enum.Parse<TensorLayout>(layout),
            Outputs = Enum.Parse<ModelOutputs>(outputs),
            Precision = Enum.Parse<Precision>(precision),
        };

        var result = Export(
            TestRuns.Create(temporary.Path, TestSpecs.Create(name, 3)), options, tolerance: precision == "Float16" ? 0.05 : null);

        Assert.True(result.Proof.Passed, result.Proof.Golden.ToString());
        var model = OnnxFile.Parse("", result.Model);
        var expected = outputs switch { "Logits" => new[] { "logits" }, "Both" => ["logits", "probabilities"], _ => ["probabilities"] };
        Assert.Equal(expected, model.Graph.Output.Select(output => output.Name));
        Assert.Equal(outputs != "Probabilities", result.Proof.Golden.MaxLogitDifference is not null);
        Assert.Equal(
            layout == "Nhwc" ? "32×32×3" : "3×32×32",
                string.Join('×', LeNetServe.Exporter.Onnx.ValueType.From(model.Graph.Input.Single()).Shape.Skip(1)));
    }

    [Fact]
    public void Export_Float16_HalvesTheFile()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"));

        var whole = Export(run, new()).Model.Length;
        var half = Export(run, new() { Precision = Precision.Float16 }, tolerance: 0.05).Model.Length;

        Assert.InRange((double)half / whole, 0.45, 0.55);
    }

    [Fact]
    public void Export_SameRunAndOptions_GivesEqualBytes()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5-bn"));

        Assert.Equal(Export(run, new()).Model, Export(run, new()).Model);
    }

    [Fact]
    public void Export_LeNet5_IsReadableAndPlain()
    {
        var result = Export(TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5-bn")), new());

        var model = OnnxFile.Parse("", result.Model);
        Assert.Equal(
            ["C1", "C1_relu", "S2", "C3", "C3_relu", "S4", "C5.flatten", "C5", "C5_relu", "F6", "F6_relu", "output", "softmax"],
            model.Graph.Node.Select(node => node.Name));
        Assert.Equal(
            ["Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Flatten", "Gemm", "Relu", "Gemm", "Relu", "Gemm", "Softmax"],
            model.Graph.Node.Select(node => node.OpType));
        Assert.Equal(61_706, result.Proof.Parameters);
    }

    [Fact]
    public void Export_SparseC3_KeepsExactZeros()
    {
        var result = Export(TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5-sparse")), new());

        var weight = OnnxFile.Parse("", result.Model).Graph.Initializer.Single(tensor => tensor.Name == "C3.weight");
        Assert.Equal(36 * 25, TensorData.ToSingles(weight).Count(value => value == 0));
    }

    [Fact]
    public void Export_Manifest_SaysWhatARuntimeNeeds()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5", 3));

        var result = Export(run, new() { Doc = "a test", License = "CC0-1.0", Author = "nobody" });

        var metadata = OnnxFile.Metadata(OnnxFile.Parse("", result.Model));
        var manifest = JsonSerializer.Deserialize(metadata[ModelManifest.MetadataKey], LeNetJson.Default.ModelManifest)!;
        Assert.Equal("test", manifest.Name);
        Assert.Equal(run.Id, manifest.Run);
        Assert.Equal(0.5, manifest.TestAccuracy);
        Assert.Equal("Rgb8", metadata["Image.BitmapPixelFormat"]);
        Assert.Equal("NominalRange_0_255", metadata["Image.NominalPixelRange"]);
        Assert.Equal(("a test", "CC0-1.0", "nobody"), (metadata["description"], metadata["license"], metadata["author"]));
        Assert.StartsWith("{\"0\":\"class 0\"", metadata["names"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lenet5", "Float32", 1e-5)]
    [InlineData("lenet5-sparse", "Float32", 1e-5)]
    [InlineData("lenet5-1998", "Float32", 1e-4)]
    [InlineData("lenet5", "Float16", 5e-3)]
    public void DefaultTolerance_OfAVariant_IsLooserOnlyWithRbfOrFloat16(string name, string precision, double expected) =>
        Assert.Equal(expected, RunExport.DefaultTolerance(Enum.Parse<Precision>(precision), TestSpecs.Create(name)));

    [Theory]
    [InlineData("Float32", false)]
    [InlineData("Float16", true)]
    public void Export_StatedTolerance_RelaxesTheBestClassWithLossyPrecisionOnly(string precision, bool passes)
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"), images: 64);
        using var model = ClassifierModel.Open(
            "the file", Export(run, new() { Precision = Enum.Parse<Precision>(precision) }, tolerance: 0.1).Model);
        var golden = GoldenTensors.Read(run.Golden);
        model.Classify(golden.Pixels, golden.Probabilities);
        var (second, lead) = Enumerable.Range(0, 64).Select(image => RunnerUp(golden.Probabilities, image * 10)).MinBy(place => place.Lead);
        golden.Probabilities[second] += lead + 1e-4f;

        var check = model.Compare(golden);

        Assert.Equal((1, true, passes), (check.Disagreements, check.MaxDifference <= check.Tolerance, check.Passed));
    }

    [Fact]
    public void Export_UnfinishedRun_SaysSo()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"), finished: false);

        var result = Export(run, new());

        Assert.True(result.Proof.Passed);
        Assert.Contains(result.Proof.Notes, note => note.Contains("not finished", StringComparison.Ordinal));
    }

    [Fact]
    public void Export_WeightsOfAnotherTraining_FailsTheProof()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"));
        var other = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"), seed: 2);
        File.Copy(other.Weights, run.Weights, overwrite: true);
        RunChecksums.Write(run);

        var result = Export(run, new());

        Assert.False(result.Proof.Passed);
    }

    [Fact]
    public void Export_WeightWhereTheTableHasNone_IsRefused()
    {
        var spec = TestSpecs.Create("lenet5-sparse");
        var run = TestRuns.Create(temporary.Path, spec);
        var layers = spec.Layers.Select(layer => layer is ConvolutionSpec convolution ? convolution with { InputMaps = null } : layer);
        var dense = TestRuns.Create(temporary.Path, spec with { Layers = [.. layers], Name = "dense" });
        File.Copy(dense.Weights, run.Weights, overwrite: true);
        RunChecksums.Write(run);

        var exception = Assert.Throws<InvalidDataException>(() => Export(run, new()));

        Assert.Contains("C3.weight", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => temporary.Dispose();

    private static (int Index, float Lead) RunnerUp(float[] probabilities, int row)
    {
        var order = Enumerable.Range(row, 10).OrderByDescending(index => probabilities[index]).ToList();
        return (order[1], probabilities[order[0]] - probabilities[order[1]]);
    }

    private static ExportResult Export(RunDirectory run, ExportOptions options, double? tolerance = null) =>
        RunExport.Export(new() { Run = run.Path, Name = "test", Options = options, Tolerance = tolerance }, CancellationToken.None);
}
