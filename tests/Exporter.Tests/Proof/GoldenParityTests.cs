using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Models;

namespace LeNetServe.Exporter.Tests.Proof;

public sealed class GoldenParityTests : IDisposable
{
    private const int Classes = 10;
    private readonly TemporaryDirectory temporary = new();

    [Fact]
    public void Measure_TorchsOwnAnswers_Passes()
    {
        var parity = Measure(golden => golden, tolerance: 1e-5);

        Assert.True(parity.Passed, parity.ToString());
        Assert.Equal((16, 16), (parity.Images, parity.SameArgmax));
        Assert.Null(parity.MaxLogitDifference);
    }

    [Theory]
    [InlineData(0.4, 0.5, true)]
    [InlineData(0.6, 0.5, false)]
    public void Measure_OneProbabilityOff_PassesWithinTheTolerance(float distance, double tolerance, bool passed)
    {
        // The likeliest class becomes likelier, so that the best class stays.
        var parity = Measure(
            golden =>
            {
                golden.Probabilities[Best(golden, 3)] += distance;
                return golden;
            },
            tolerance);

        Assert.Equal(16, parity.SameArgmax);
        Assert.Equal(distance, parity.MaxDifference, 1e-5);
        Assert.Equal(distance / (16 * Classes), parity.MeanDifference, 1e-5);
        Assert.Equal(passed, parity.Passed);
    }

    [Fact]
    public void Measure_AnotherBestClass_FailsWithinTheTolerance()
    {
        var parity = Measure(
            golden =>
            {
                var best = Best(golden, 5);
                golden.Probabilities[best] = 0;
                return golden;
            },
            tolerance: 1);

        Assert.Equal(15, parity.SameArgmax);
        Assert.False(parity.Passed);
    }

    [Fact]
    public void Measure_NotANumber_Fails()
    {
        var parity = Measure(
            golden =>
            {
                golden.Probabilities[0] = float.NaN;
                return golden;
            },
            tolerance: 1);

        Assert.Equal(double.PositiveInfinity, parity.MaxDifference);
        Assert.False(parity.Passed);
    }

    [Theory]
    [InlineData("Logits")]
    [InlineData("Both")]
    public void Measure_ModelWithLogits_ComparesThemToo(string outputs)
    {
        var parity = Measure(
            golden =>
            {
                golden.Logits[7] += 0.25f;
                return golden;
            },
            tolerance: 1e-5,
            Enum.Parse<ModelOutputs>(outputs));

        Assert.True(parity.Passed, parity.ToString());
        Assert.Equal(0.25, parity.MaxLogitDifference!.Value, 1e-3);
    }

    public void Dispose() => temporary.Dispose();

    private static int Best(GoldenTensors golden, int image)
    {
        var row = golden.Probabilities.AsSpan(image * Classes, Classes);
        return image * Classes + row.IndexOf(row.ToArray().Max());
    }

    private GoldenParity Measure(
        Func<GoldenTensors, GoldenTensors> change, double tolerance, ModelOutputs outputs = ModelOutputs.Probabilities)
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"));
        var request = new ExportRequest { Run = run.Path, Name = "net", Options = new() { Outputs = outputs } };
        var bytes = RunExport.Export(request, TestContext.Current.CancellationToken).Model;
        using var model = new ModelUnderTest("the model", OnnxFile.Parse("the model", bytes));
        return GoldenParity.Measure(model, change(GoldenTensors.Read(run.Golden)), tolerance, TestContext.Current.CancellationToken);
    }
}
