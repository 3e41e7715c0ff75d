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

    /// <summary>Images whose gradients may differ by more. Each of them must have a kink.</summary>
    private const int MostBeyond = 2;

    /// <summary>Rounding of a value, as a share of the largest value of its layer.</summary>
    private const float Rounding = 1e-6f;

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

        var differences = torch.ToSingles().Zip(onnx["gradient"].ToSingles(), (one, other) => Math.Abs(one - other))
            .Chunk(test.Shape.Count).Select(image => image.Max()).ToArray();
        var kinks = Kinks(onnx, StoredTensor.From(pixels, [.. torch.Shape]));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{variant}: {differences.Max():g3} apart at most, {differences.Count(each => each > Tolerance)} of {count} beyond, "
            + $"{kinks.Count} with a kink");
        Assert.Equal(1000, count);
        Assert.InRange(differences.Count(each => each > Tolerance), 0, MostBeyond);
        Assert.InRange(kinks.Count, 0, count / 5);
        Assert.All(Enumerable.Range(0, count).Except(kinks), image => Assert.InRange(differences[image], 0, Tolerance));
        using var model = ClassifierModel.Open(folder.Combine("models/trained/1"));
        Assert.True(model.CheckGolden()?.Passed);
    }

    /// <summary>Gets the images in which rounding decides the way of a gradient: at a ReLU's zero, or at two maxima.</summary>
    private static HashSet<int> Kinks(IReadOnlyDictionary<string, StoredTensor> layers, StoredTensor pixels)
    {
        var kinks = new HashSet<int>();
        foreach (var name in layers.Keys.Where(name => name.EndsWith("_relu", StringComparison.Ordinal)))
        {
            var inputs = layers[name[..^"_relu".Length]];
            var values = inputs.ToSingles();
            var rounding = Rounding * values.Max(MathF.Abs);
            kinks.UnionWith(values.Chunk(values.Length / inputs.Shape[0]).Index()
                .Where(image => image.Item.Min(MathF.Abs) <= rounding).Select(image => image.Index));
        }
        kinks.UnionWith(Ties(layers.GetValueOrDefault("C1_relu") ?? layers["C1"], layers["S2"], pixels));
        kinks.UnionWith(Ties(layers.GetValueOrDefault("C3_relu") ?? layers["C3"], layers["S4"], layers["S2"]));
        return kinks;
    }

    /// <summary>
    /// Gets the images in which different patches of the input give the two largest values of a window. The same patch twice is not a kink,
    /// because its values are equal in every precision.
    /// </summary>
    private static IEnumerable<int> Ties(StoredTensor places, StoredTensor maxima, StoredTensor input)
    {
        if (places.Shape is not [_, var maps, var height, var width] || maxima.Shape is not [_, _, var rows, var columns])
            yield break;
        // Windows of 2×2, or of 3×3 that overlap, behind a convolution of 5×5 with any padding and without a stride.
        var (side, padding) = (rows * 2 == height ? 2 : 3, (height + 4 - input.Shape[2]) / 2);
        if (input.Shape[2] + (2 * padding) - 4 != height || padding < 0)
            yield break;
        var (values, largest, patches) = (places.ToSingles(), maxima.ToSingles(), input.ToSingles());
        var rounding = Rounding * values.Max(MathF.Abs);
        for (var window = 0; window < largest.Length; window++)
        {
            var (plane, row, column) = (window / (rows * columns), window / columns % rows * 2, window % columns * 2);
            var corners = Enumerable.Range(0, side * side)
                .Select(corner => (Y: row + (corner / side), X: column + (corner % side))).ToArray();
            float Value((int Y, int X) at) => values[(((plane * height) + at.Y) * width) + at.X];
            if (corners.Max(Value) != largest[window])
                yield break;
            var nearest = corners.Where(at => largest[window] - Value(at) <= rounding).ToArray();
            var image = plane / maps;
            // A window of zeros after a ReLU has no slope.
            if (largest[window] != 0 && nearest.Any(at => !Patch(image, at).SequenceEqual(Patch(image, nearest[0]))))
                yield return image;
        }

        IEnumerable<float> Patch(int image, (int Y, int X) at)
        {
            var (high, wide) = (input.Shape[2], input.Shape[3]);
            for (var line = 0; line < input.Shape[1] * 5; line++)
                for (var x = at.X - padding; x < at.X - padding + 5; x++)
                {
                    var y = at.Y - padding + (line % 5);
                    var isInside = y >= 0 && y < high && x >= 0 && x < wide;
                    yield return isInside ? patches[(((((image * input.Shape[1]) + (line / 5)) * high) + y) * wide) + x] : 0;
                }
        }
    }
}
