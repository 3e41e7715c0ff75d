using LeNetServe.Datasets;
using LeNetServe.Exporter.Check;
using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Prove;
using LeNetServe.Exporter.Publish;
using LeNetServe.Exporter.Quantize;
using LeNetServe.Models;

namespace LeNetServe.Exporter.Tests.Quantize;

public sealed class ModelQuantizerTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    [Theory]
    [InlineData("lenet5", "MinMax", 7, "Float32")]
    [InlineData("lenet5", "Percentile", 8, "UInt8")]
    [InlineData("lenet5-bn", "Percentile", 7, "Float32")]
    [InlineData("lenet5-sparse", "MinMax", 8, "Float32")]
    [InlineData("paper", "MinMax", 7, "UInt8")]
    [InlineData("every-record", "MinMax", 8, "Float32")]
    [InlineData("pool-first", "MinMax", 8, "Float32")]
    [InlineData("vector-maps", "MinMax", 8, "Float32")]
    public void Quantize_EveryVariant_KeepsMostAnswersInLessThanHalfTheBytes(string name, string method, int bits, string input)
    {
        var (path, dataset) = Published(name, new() { InputType = Enum.Parse<InputType>(input) });

        var result = ModelQuantizer.Quantize(path, "int8", dataset, new() { Method = Enum.Parse<RangeMethod>(method), WeightBits = bits, Images = 200 }, 0.5, CancellationToken.None);

        Assert.InRange(result.Report.Accuracy, 0.9, 1);
        Assert.Equal(1, result.Report.FloatAccuracy);
        var model = OnnxFile.Parse("", result.Model);
        ModelChecker.Check(model);
        Assert.Contains(model.Graph.Initializer, tensor => tensor.Name == "C1.weight.integers" || name is "every-record" || tensor.DataType == (int)TensorProto.Types.DataType.Int8);
        Assert.Equal("int8", result.Manifest.Name);
        Assert.NotNull(result.Manifest.GoldenTolerance);
        if (name.StartsWith("lenet5", StringComparison.Ordinal))
            Assert.InRange((double)result.Report.Bytes / result.Report.FloatBytes, 0, 0.4);
    }

    [Fact]
    public void Quantize_SameModelAndOptions_GivesEqualBytes()
    {
        var (path, dataset) = Published("lenet5", new());

        byte[] Once() => ModelQuantizer.Quantize(path, "int8", dataset, new() { Images = 50 }, 0.5, CancellationToken.None).Model;

        Assert.Equal(Once(), Once());
    }

    [Theory]
    [InlineData(11, "Float32", "operator set 11")]
    [InlineData(13, "Float16", "float16")]
    public void Quantize_ModelThatCannotBe_SaysWhatToExport(int opset, string precision, string expected)
    {
        var (path, dataset) = Published("lenet5", new() { Opset = opset, Precision = Enum.Parse<Precision>(precision) });

        var exception = Assert.Throws<InvalidDataException>(() => ModelQuantizer.Quantize(path, "int8", dataset, new(), 0.5, CancellationToken.None));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
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
            MaxDifference = 0,
        };

        Assert.False(report.Passed);
        Assert.True((report with { MaxLoss = 0.6 }).Passed);
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
        var labels = Enumerable.Range(0, 200).Select(image => Comparison.ArgMax(probabilities.AsSpan(image * 10, 10))).ToArray();
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
