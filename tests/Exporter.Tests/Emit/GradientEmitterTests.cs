using LeNetServe.Exporter.Emit;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Layers;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Running;
using LeNetServe.Tensors;

namespace LeNetServe.Exporter.Tests.Emit;

/// <summary>The gradient in the file against differences of the reference network, and against torch in the end-to-end tests.</summary>
public sealed class GradientEmitterTests : IDisposable
{
    private const int Images = 2;
    private const int Pixels = 40;

    private readonly TemporaryDirectory temporary = new();

    public static TheoryData<string, int> Specs => [.. TestSpecs.Names.SelectMany(name => new[] { (name, 1), (name, 3) })];

    [Theory]
    [MemberData(nameof(Specs))]
    public void Gradient_EverySpec_IsTheReferencesSlope(string name, int channels)
    {
        var spec = TestSpecs.Create(name, channels);
        var run = TestRuns.Create(temporary.Path, spec, images: 4, temperature: 1.7);
        var model = Export(run, new() { Outputs = ModelOutputs.Probabilities | ModelOutputs.Gradient, Opset = 16 });
        var random = new Random(5);
        // Fractions, so that no two pixels are equal: at a tie of maxima the differences would see both sides.
        var pixels = Enumerable.Range(0, Images * spec.Input.Count).Select(_ => (float)(random.NextDouble() * 255)).ToArray();

        var gradient = Run(model, pixels, [Images, channels, 32, 32])[TensorNames.Gradient].ToSingles();

        var trained = System.Text.Json.JsonSerializer.Deserialize(File.ReadAllText(run.Model), LeNetJson.Default.TrainedModel)!;
        var reference = new ReferenceNetwork(spec, TrainedWeights.Read(run.Weights, spec), trained.Normalization, trained.Temperature);
        foreach (var image in Enumerable.Range(0, Images))
        {
            var values = pixels.AsSpan(image * spec.Input.Count, spec.Input.Count).ToArray().Select(pixel => (double)pixel).ToArray();
            var logits = reference.Run(values)[^2];
            var largest = Array.IndexOf(logits, logits.Max());
            var scale = gradient.Max(MathF.Abs);
            foreach (var pixel in Enumerable.Range(0, Pixels).Select(_ => random.Next(spec.Input.Count)))
            {
                var slope = Slope(reference, values, pixel, largest);
                var found = gradient[image * spec.Input.Count + pixel];
                Assert.True(Math.Abs(slope - found) <= 1e-4 * scale, $"image {image}, pixel {pixel}: {found}, expected {slope}");
            }
        }
    }

    [Fact]
    public void Gradient_EqualPixels_GoesToTheFirst()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("pool-first"));
        var model = Export(run, new() { Outputs = ModelOutputs.Probabilities | ModelOutputs.Gradient });

        var gradient = Run(model, new float[1024], [1, 1, 32, 32])[TensorNames.Gradient].ToSingles();

        var others = gradient.Where((_, pixel) => pixel / 32 % 2 == 1 || pixel % 2 == 1);
        Assert.All(others, value => Assert.Equal(0, value));
        Assert.Contains(gradient, value => value != 0);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(21)]
    public void Gradient_EveryOpset_IsTheSame(int opset)
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5-bn"));
        var golden = GoldenTensors.Read(run.Golden);
        var outputs = ModelOutputs.Both | ModelOutputs.Layers | ModelOutputs.Gradient;
        var pixels = Array.ConvertAll(golden.Pixels, pixel => (float)pixel);

        var found = Run(Export(run, new() { Outputs = outputs, Opset = opset }), pixels, [golden.Count, 1, 32, 32]);

        var expected = Run(Export(run, new() { Outputs = outputs }), pixels, [golden.Count, 1, 32, 32]);
        Assert.Equal(expected[TensorNames.Gradient].ToSingles(), found[TensorNames.Gradient].ToSingles());
    }

    [Fact]
    public void Gradient_ChannelsLastBytesAndBatch_HasTheLayoutOfTheInput()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5", 3));
        var golden = GoldenTensors.Read(run.Golden);
        var outputs = ModelOutputs.Probabilities | ModelOutputs.Gradient;
        var pixels = golden.Pixels[..3072];
        var plain = Run(Export(run, new() { Outputs = outputs }), Array.ConvertAll(pixels, pixel => (float)pixel), [1, 3, 32, 32]);

        using var session = new GraphSession(
            Export(run, new() { Outputs = outputs, Layout = TensorLayout.Nhwc, InputType = InputType.UInt8, Batch = 1 }));
        var turned = Enumerable.Range(0, 3072).Select(index => pixels[index % 3 * 1024 + index / 3]).ToArray();
        var found = session.Run(new Dictionary<string, StoredTensor> { ["pixels"] = new(TensorType.U8, [1, 32, 32, 3], turned) });

        var expected = plain[TensorNames.Gradient].ToSingles();
        Assert.Equal([1, 32, 32, 3], found[TensorNames.Gradient].Shape);
        Assert.Equal(
            Enumerable.Range(0, 3072).Select(index => expected[index % 3 * 1024 + index / 3]), found[TensorNames.Gradient].ToSingles());
    }

    [Fact]
    public void Layers_OfLeNet5_AreOutputsUnderTheirNames()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"));
        var outputs = ModelOutputs.Probabilities | ModelOutputs.Layers | ModelOutputs.Gradient;

        var model = OnnxFile.Parse("", Export(run, new() { Outputs = outputs }));

        Assert.Equal(
            "probabilities C1 C1_relu S2 C3 C3_relu S4 C5 C5_relu F6 F6_relu output gradient".Split(' '),
            model.Graph.Output.Select(output => output.Name));
    }

    [Fact]
    public void Gradient_OverlappingMaximaInAnOldOpset_NamesTheOpsetItNeeds()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("strided"));

        var exception = Assert.Throws<InvalidDataException>(
            () => Export(run, new() { Outputs = ModelOutputs.Probabilities | ModelOutputs.Gradient }));

        Assert.Contains("--opset 16", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => temporary.Dispose();

    private static double Slope(ReferenceNetwork reference, double[] values, int pixel, int unit)
    {
        const double Step = 1e-4;
        var at = values[pixel];
        values[pixel] = at + Step;
        var above = reference.Run(values)[^2][unit];
        values[pixel] = at - Step;
        var below = reference.Run(values)[^2][unit];
        values[pixel] = at;
        return (above - below) / (2 * Step);
    }

    private static IReadOnlyDictionary<string, StoredTensor> Run(byte[] model, float[] pixels, int[] shape)
    {
        using var session = new GraphSession(model);
        return session.Run(new Dictionary<string, StoredTensor> { ["pixels"] = StoredTensor.From(pixels, shape) });
    }

    private static byte[] Export(RunDirectory run, ExportOptions options)
    {
        var result = RunExport.Export(new() { Run = run.Path, Name = "test", Options = options }, TestContext.Current.CancellationToken);
        Assert.True(result.Proof.Passed, result.Proof.Golden.ToString());
        return result.Model;
    }
}
