using System.Runtime.InteropServices;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Exporter.Publish;
using LeNetServe.Exporter.Quantize;
using LeNetServe.Exporter.Tests.Commands;
using LeNetServe.Exporter.Tests.Interoperability;
using LeNetServe.Models;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.Exporter.Tests.Quantize;

public sealed class ModelQuantizerTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    /// <summary>Skips weights of 8 bits on x64 processors without VNNI instructions, which clip sums: 7 bits are for them.</summary>
    private static void SkipIfSumsAreClipped(int bits)
    {
        const string Flags = "/proc/cpuinfo";
        var isClipped = RuntimeInformation.ProcessArchitecture == Architecture.X64 && File.Exists(Flags)
            && !File.ReadAllText(Flags).Contains("vnni", StringComparison.Ordinal);
        Assert.SkipWhen(bits == 8 && isClipped, "this processor has no VNNI instructions and clips the sums of 8-bit weights");
    }

    [Theory]
    [InlineData("lenet5", "MinMax", 7, "Float32")]
    [InlineData("lenet5", "Percentile", 8, "UInt8")]
    [InlineData("lenet5-bn", "Percentile", 7, "Float32")]
    [InlineData("lenet5-silu", "MinMax", 8, "Float32")]
    [InlineData("lenet5-sparse", "MinMax", 8, "Float32")]
    [InlineData("paper", "MinMax", 7, "UInt8")]
    [InlineData("every-record", "MinMax", 8, "Float32")]
    [InlineData("pool-first", "MinMax", 8, "Float32")]
    [InlineData("vector-maps", "MinMax", 8, "Float32")]
    public void Quantize_EveryVariant_KeepsMostAnswersInLessThanHalfTheBytes(string name, string method, int bits, string input)
    {
        SkipIfSumsAreClipped(bits);
        var (path, dataset) = Published(name, new() { InputType = Enum.Parse<InputType>(input) });

        var result = ModelQuantizer.Quantize(
            path, "int8", dataset, new() { Method = Enum.Parse<RangeMethod>(method), WeightBits = bits }, 0.5, CancellationToken.None);

        Assert.InRange(result.Report.Accuracy, 0.9, 1);
        Assert.Equal(1, result.Report.FloatAccuracy);
        var model = OnnxFile.Parse("", result.Model);
        ModelChecker.Check(model);
        Assert.Contains(model.Graph.Initializer, tensor =>
            tensor.Name == "C1.weight.integers" || name is "every-record" || tensor.DataType == (int)TensorProto.Types.DataType.Int8);
        Assert.Equal("int8", result.Manifest.Name);
        Assert.NotNull(result.Manifest.GoldenTolerance);
        if (name.StartsWith("lenet5", StringComparison.Ordinal))
            Assert.InRange((double)result.Report.Bytes / result.Report.FloatBytes, 0, 0.4);
    }

    [Fact]
    public void Quantize_SameModelAndOptions_GivesEqualBytes()
    {
        var (path, dataset) = Published("lenet5", new());

        byte[] Once() => ModelQuantizer.Quantize(path, "int8", dataset, new(), 0.5, CancellationToken.None).Model;

        Assert.Equal(Once(), Once());
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("lenet5-bn")]
    public void Quantize_FileWithLayersAndGradient_IsThatOfTheFileWithout(string name)
    {
        var (plain, dataset) = Published(name, new());
        var (whole, _) = Published(name, new() { Outputs = ModelOutputs.Probabilities | ModelOutputs.Layers | ModelOutputs.Gradient });

        GraphProto Of(string path) =>
            OnnxFile.Parse("", ModelQuantizer.Quantize(path, "int8", dataset, new(), 0.5, CancellationToken.None).Model).Graph;

        Assert.NotEqual(plain, whole);
        var (expected, found) = (Of(plain), Of(whole));
        Assert.Equal(expected.Node, found.Node);
        Assert.Equal(expected.Initializer, found.Initializer);
        Assert.Equal(expected.Output, found.Output);
        Assert.Equal(expected.ValueInfo.OrderBy(value => value.Name), found.ValueInfo.OrderBy(value => value.Name));
    }

    [Theory]
    [InlineData(11, "Float32", "operator set 11")]
    [InlineData(13, "Float16", "float16")]
    public void Quantize_ModelThatCannotBe_SaysWhatToExport(int opset, string precision, string expected)
    {
        var (path, dataset) = Published("lenet5", new() { Opset = opset, Precision = Enum.Parse<Precision>(precision) });

        var exception = Assert.Throws<InvalidDataException>(
            () => ModelQuantizer.Quantize(path, "int8", dataset, new(), 0.5, CancellationToken.None));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lenet5-mnist", "mnist", 7, 0.2)]
    [InlineData("lenet5-cifar10", "cifar10", 8, 0.5)]
    public void Quantize_ShippedModelOnItsTestSet_LosesLittle(string name, string data, int bits, double points)
    {
        SkipIfSumsAreClipped(bits);
        var dataset = Open(data);

        var report = ModelQuantizer.Quantize(
            Shipped(name), "int8", dataset, new() { WeightBits = bits }, points, TestContext.Current.CancellationToken).Report;

        TestContext.Current.SendDiagnosticMessage(
            $"{name}: {report.FloatAccuracy:P2} to {report.Accuracy:P2}, {report.FloatBytes} to {report.Bytes} bytes");
        Assert.Equal(10_000, report.TestImages);
        Assert.True(report.Passed, $"{report.Loss:0.00} points lost");
        Assert.InRange((double)report.Bytes / report.FloatBytes, 0, 0.4);
    }

    [Fact]
    public async Task Quantize_LossAboveTheLimit_PublishesNothing()
    {
        // Half of all values are outside their range: hardly an answer survives.
        var (code, _, error) = await ExporterProcess.RunAsync(
            "", "quantize", "--model", Shipped("lenet5-mnist"), "--calibrate", "strokes", "--repository", temporary["models"], "--method",
                "percentile", "--percentile", "51", "--images", "100", "--max-loss", "0", "--weight-bits", "8");

        Assert.Equal((int)ExitCode.CheckFailed, code);
        Assert.Contains("nothing is published", error, StringComparison.Ordinal);
        Assert.Contains("use --weight-bits 7", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(temporary["models"]));
    }

    [Fact]
    public async Task Quantize_GoldenAnswersLost_PublishesNothingWhateverTheAllowedLoss()
    {
        var (code, _, error) = await ExporterProcess.RunAsync(
            "", "quantize", "--model", Shipped("lenet5-mnist"), "--calibrate", "strokes", "--repository", temporary["models"], "--method",
                "percentile", "--percentile", "51", "--images", "50", "--max-loss", "100");

        Assert.Equal((int)ExitCode.CheckFailed, code);
        Assert.Contains("golden images with torch's best class, expected 95", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(temporary["models"]));
    }

    [Theory]
    [InlineData("noise", true)]
    [InlineData("another", false)]
    public void Quantize_DataSetOfTheModelOrAnother_StatesItsOwnAccuracyOrNone(string dataset, bool stated)
    {
        var (path, images) = Published("lenet5", new());

        var result = ModelQuantizer.Quantize(path, "int8", images with { Name = dataset }, new(), 100, CancellationToken.None);

        var model = OnnxFile.Parse("", result.Model);
        Assert.Equal(stated ? (result.Report.Accuracy, 200) : (null, null), (result.Manifest.TestAccuracy, result.Manifest.TestImages));
        Assert.Equal(WeightPrecision.Quantized, result.Manifest.Precision);
        Assert.Equal(model.DocString, OnnxFile.Metadata(model)["description"]);
        Assert.Contains("int8", model.DocString, StringComparison.Ordinal);
        Assert.DoesNotContain("50.00", model.DocString, StringComparison.Ordinal);
        Assert.Equal(stated, model.DocString.Contains("on 200 test images of noise", StringComparison.Ordinal));
    }

    [Fact]
    public void Quantize_TextOfTheUser_IsKeptAndSaysInt8()
    {
        var (path, images) = Published("lenet5", new() { Doc = "Reads digits." });

        var result = ModelQuantizer.Quantize(path, "int8", images with { Name = "another" }, new(), 100, CancellationToken.None);

        Assert.Equal("Reads digits. int8: quantized from the float32 file.", OnnxFile.Parse("", result.Model).DocString);
    }

    [Theory]
    [InlineData("--max-loss", "-1", "expected percentage points from 0 to 100")]
    [InlineData("--out", "elsewhere", "--repository and --out are both given")]
    [InlineData("--weight-bits", "4", "expected 7 or 8")]
    [InlineData("--percentile", "60", "--percentile is given without --method percentile")]
    [InlineData("--data", "data/strokes", "which is drawn and has no files")]
    public async Task Quantize_OptionThatCannotBe_SaysWhy(string option, string value, string expected)
    {
        var (code, _, error) = await ExporterProcess.RunAsync(
            "", "quantize", "--model", Shipped("lenet5-mnist"), "--calibrate", "strokes", "--repository", temporary["models"], option,
                value);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quantize_OptionsWithoutEffect_AreWarnings()
    {
        var (_, _, error) = await ExporterProcess.RunAsync(
            "", "quantize", "--model", Shipped("lenet5-mnist"), "--calibrate", "strokes", "--out", temporary["out"], "--images", "50",
                "--max-loss", "100", "--skip-unreadable", "--force");

        Assert.StartsWith("warning: --skip-unreadable has no effect without --calibrate folder", error, StringComparison.Ordinal);
        Assert.Contains("warning: --force has no effect without --repository", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quantize_FullDisk_SaysSoAndLeavesNothing()
    {
        var disk = Directory.CreateDirectory(temporary["disk"]).FullName;
        await SmallDisk.RequireAsync(disk);

        var (code, output, error) = await SmallDisk.RunAsync(
            "64k", disk, "quantize", "--model", Shipped("lenet5-mnist"), "--calibrate", "strokes", "--repository", disk, "--images", "100",
                "--max-loss", "100");

        Assert.Equal((int)ExitCode.Trouble, code);
        Assert.StartsWith("error: No space left on device", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
        Assert.DoesNotContain(disk, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_LossAboveTheLimit_DoesNotPass()
    {
        var report = new QuantizationReport
        {
            Name = "net",
            FloatSha256 = "",
            Sha256 = "",
            Dataset = "noise",
            Calibration = "",
            TestImages = 1000,
            FloatAccuracy = 0.99,
            Accuracy = 0.984,
            FloatBytes = 2,
            Bytes = 1,
            MaxLoss = 0.5,
            GoldenImages = 100,
            SameArgmax = 100,
            MaxDifference = 0,
        };

        Assert.False(report.Passed);
        var enough = report with { MaxLoss = 0.6 };
        Assert.True(enough.Passed);
        Assert.True((enough with { SameArgmax = 95, MaxDifference = 0.25 }).Passed);
        Assert.False((enough with { SameArgmax = 94 }).Passed);
        Assert.False((enough with { MaxDifference = 0.26 }).Passed);
        Assert.False((enough with { MaxDifference = double.NaN }).Passed);
    }

    [Fact]
    public void Range_MinMaxAndPercentile_DifferByTheOutliers()
    {
        var observer = new RangeObserver();
        var values = Enumerable.Range(0, 10_000).Select(index => index / 10_000f).ToArray();
        values[5_000] = 1000;
        observer.Add(values);

        var whole = observer.Range(RangeMethod.MinMax, 0);
        var clipped = observer.Range(RangeMethod.Percentile, 99.9);

        Assert.Equal((0, 1000), (whole.Low, whole.High));
        Assert.InRange(clipped.High, 0.9, 1.6);
    }

    public void Dispose() => temporary.Dispose();

    private static string Shipped(string name) => Path.Combine(Repository.Root, "models", name);

    // A folder may hold a data set in a form that is not read here; that counts as missing.
    private static ImageDataset Open(string name)
    {
        var directory = Repository.RequireData(name);
        try
        {
            return DatasetCatalog.Open(
                new() { Name = name, Directory = directory, TrainImages = 1024 }, TestContext.Current.CancellationToken);
        }
        catch (InvalidDataException exception) when (exception.Message.StartsWith(directory, StringComparison.Ordinal))
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    // The labels are the float model's own answers, so its accuracy is 1 and the loss is disagreement.
    private (string Path, ImageDataset Dataset) Published(string name, ExportOptions options)
    {
        var spec = TestSpecs.Create(name);
        var run = TestRuns.Create(temporary.Path, spec);
        var result = RunExport.Export(new() { Run = run.Path, Name = "net", Options = options, Tolerance = 0.05 }, CancellationToken.None);
        var files = new VersionFiles { { "model.onnx", result.Model }, { GoldenTensors.FileName, result.Golden } };
        var directory = ModelPublisher.PublishNext(temporary["models"], "net", files);
        var pixels = TestRuns.Images(spec.Input, 200, new Random(5));
        using var model = new ModelUnderTest("", OnnxFile.Parse("", result.Model));
        var probabilities = model.Probabilities(pixels);
        var labels = Enumerable.Range(0, 200).Select(image => TopK.ArgMax(probabilities.AsSpan(image * 10, 10))).ToArray();
        return (directory, new()
        {
            Name = "noise",
            Labels = result.Labels,
            Imaging = new() { Input = spec.Input },
            Train = new(spec.Input, pixels, labels),
            Test = new(spec.Input, pixels, labels),
        });
    }
}
