using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Runtime;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Tests.Emit;

/// <summary>The score in the file against the same score of the reference network's values, in double precision.</summary>
public sealed class NoveltyEmitterTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    public static TheoryData<string, int> SpecsAndOpsets =>
    [
        .. from name in Variants.Names.Concat(["pool-first", "dense-only", "strided"])
           from opset in new[] { 11, 13, 17, 18, 21 }
           select (name, opset),
    ];

    [Theory]
    [MemberData(nameof(SpecsAndOpsets))]
    public void Export_WithNovelty_GivesTheReferencesScore(string name, int opset)
    {
        var run = Create(name, out var expected);

        var result = Export(run, new() { Outputs = ModelOutputs.Probabilities | ModelOutputs.Novelty, Opset = opset });

        Assert.InRange(result.Proof.Golden.MaxDifference, 0, 1e-4);
        using var model = new ModelUnderTest("", OnnxFile.Parse("", result.Model));
        var found = model.Run(GoldenTensors.Read(run.Golden).Pixels, TestContext.Current.CancellationToken)[TensorNames.Novelty];
        Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-3f * Math.Max(1, pair.Second)));
    }

    [Fact]
    public void Export_WithNovelty_IsReadByTheRuntime()
    {
        var run = Create("lenet5", out var expected);
        var result = Export(run, new() { Outputs = ModelOutputs.Probabilities | ModelOutputs.Novelty });

        using var model = ClassifierModel.Open("", result.Model);

        Assert.Equal((NoveltyRuns.Threshold, 11), (model.Facts.NoveltyThreshold, model.Facts.RowLength));
        var golden = GoldenTensors.Read(run.Golden);
        var rows = new float[golden.Count * 11];
        model.Run(golden.Pixels, rows);
        Assert.Equal(expected[3], rows[(3 * 11) + 10], 1e-3f * expected[3]);
        Assert.Equal(golden.Probabilities[30], rows[33], 1e-5f);
        var plain = new float[golden.Count * 10];
        model.Run(golden.Pixels, plain);
        Assert.Equal(rows[33], plain[30]);
    }

    [Fact]
    public void Export_WithoutNovelty_HasNoRuleInTheManifest()
    {
        using var model = ClassifierModel.Open("", Export(Create("lenet5", out _), new()).Model);

        Assert.Null(model.Facts.NoveltyThreshold);
        Assert.Equal(NoveltyRuns.Temperature, model.Facts.Manifest!.Certainty!.Temperature);
    }

    [Fact]
    public void Export_NoveltyOfARunWithoutIt_SaysSo()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"));

        var exception = Assert.Throws<ExpectedException>(
            () => Export(run, new() { Outputs = ModelOutputs.Probabilities | ModelOutputs.Novelty }));

        Assert.Contains(
            "has no novelty.safetensors: it held out fewer than 100 of its ", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => temporary.Dispose();

    private static ExportResult Export(RunDirectory run, ExportOptions options) => RunExport.Export(
        new() { Run = run.Path, Name = "net", Options = options, Tolerance = 1e-4 }, TestContext.Current.CancellationToken);

    private RunDirectory Create(string name, out float[] expected) => NoveltyRuns.Create(temporary.Path, name, out expected);
}
