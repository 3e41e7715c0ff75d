using LeNetServe.Datasets;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Running;
using LeNetServe.Tensors;

namespace LeNetServe.EndToEnd.Tests.Agreement;

/// <summary>The gradient that an exported file computes is torch's, on real images.</summary>
public sealed class GradientTests
{
    private const float Tolerance = 1e-5f;

    /// <summary>
    /// Images that may differ. Rounding may put a value on either side of ReLU's zero or of two nearly equal maxima. Both gradients are
    /// right then.
    /// </summary>
    private const int AtAKink = 2;

    private const string Overlapping = """
        {
          "layers": [
            { "type": "convolution", "name": "C1", "maps": 6, "kernel": 5, "padding": 2 },
            { "type": "activation", "name": "C1_relu", "function": "relu" },
            { "type": "pooling", "name": "S2", "size": 3, "stride": 2 },
            { "type": "convolution", "name": "C3", "maps": 16, "kernel": 5, "stride": 2 },
            { "type": "activation", "name": "C3_tanh", "function": "tanh" },
            { "type": "pooling", "name": "S4", "kind": "average", "size": 3, "stride": 2, "padding": 1 },
            { "type": "dense", "name": "output" },
            { "type": "softmax", "name": "softmax" }
          ]
        }
        """;

    [Theory]
    [InlineData("lenet5")]
    [InlineData("lenet5-bn")]
    [InlineData("lenet5-silu")]
    [InlineData("lenet5-sparse")]
    [InlineData("lenet5-1998")]
    [InlineData("overlapping.json")]
    public async Task Gradient_TrainedOnMnist_IsTorchs(string variant) =>
        await Compare(new() { Name = "mnist", Directory = RealData.Mnist() }, variant);

    [Theory]
    [InlineData("lenet5-silu")]
    public async Task Gradient_TrainedOnCifar_IsTorchs(string variant) =>
        await Compare(new() { Name = "folder", Directory = RealData.CifarJpeg() }, variant);

    private static async Task Compare(DatasetRequest request, string variant)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Combine("overlapping.json"), Overlapping, cancellation);
        string[] data = ["--data", request.Directory!];
        (await BuiltProgram.Run("Trainer", folder.Path, ["train", "--dataset", request.Name, .. data, "--variant", variant, "--epochs", "1",
            "--out", "runs"])).Expect(ExitCode.Success);
        var run = Assert.Single(Directory.GetDirectories(folder.Combine("runs")));
        (await BuiltProgram.Run("Trainer", folder.Path, ["evaluate", "--run", run, .. data, "--gradients", "torch.safetensors"]))
            .Expect(ExitCode.Success);
        (await BuiltProgram.Run("Exporter", folder.Path, "export", "--run", run, "--repository", "models", "--name", "trained",
            "--outputs", "probabilities,layers,gradient", "--opset", "16")).Expect(ExitCode.Success);

        var torch = SafetensorsFile.Read(folder.Combine("torch.safetensors"))["gradient"];
        var test = DatasetCatalog.Open(request, cancellation).Test;
        var count = torch.Shape[0];
        var pixels = Array.ConvertAll(test.Pixels[..(count * test.Shape.Count)], pixel => (float)pixel);
        using var session = new GraphSession(await File.ReadAllBytesAsync(folder.Combine("models/trained/1/model.onnx"), cancellation));
        var onnx = session.Run(new Dictionary<string, StoredTensor> { ["pixels"] = StoredTensor.From(pixels, [.. torch.Shape]) });

        var differences = torch.ToSingles().Zip(onnx["gradient"].ToSingles(), (one, other) => Math.Abs(one - other)).ToArray();
        var images = differences.Chunk(test.Shape.Count).Count(image => image.Max() > Tolerance);
        TestContext.Current.TestOutputHelper?.WriteLine($"{variant}: {differences.Max():g3} apart at most, {images} of {count} beyond");
        Assert.Equal(1000, count);
        Assert.InRange(images, 0, AtAKink);
        using var model = ClassifierModel.Open(folder.Combine("models/trained/1"));
        Assert.True(model.CheckGolden()?.Passed);
    }
}
