using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using LeNetServe.Datasets;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;
using LeNetServe.Trainer.Tests.Sweeps;
using LeNetServe.Trainer.Training;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Tests.Kernels;

/// <summary>The kernels against torch's operations, on the same weights and images.</summary>
public sealed class ConvolutionFrontTests
{
    [Theory]
    [InlineData("lenet5", 1, 5)]
    [InlineData("lenet5", 3, 4)]
    [InlineData("lenet5-bn", 1, 7)]
    [InlineData("lenet5-bn", 3, 64)]
    [InlineData("lenet5-silu", 1, 6)]
    [InlineData("lenet5-silu", 3, 65)]
    public void Training_LogitsGradientsAndStatistics_AgreeWithTorch(string variant, int channels, int images)
    {
        Assert.SkipUnless(Lanes.AreSupported, "The kernels need AVX-512 or AVX2.");
        using var scope = NewDisposeScope();
        var (own, torchs, pixels, labels) = Networks(variant, channels, images);
        using (own)
        using (torchs)
        {
            for (var repeat = 0; repeat < 2; repeat++)
            {
                var (first, second) = (Step(own, pixels, labels), Step(torchs, pixels, labels));
                AssertClose(second, first, 1e-4f);
                foreach (var parameter in own.Store.Parameters.Where(parameter => parameter.IsTrained))
                    AssertClose(
                        Values(ParameterStore.View(parameter, torchs.Gradient)),
                        Values(ParameterStore.View(parameter, own.Gradient)), 2e-4f);
                AssertClose(Values(torchs.Constant), Values(own.Constant), 1e-4f);
            }
        }
    }

    [Theory]
    [InlineData("lenet5", 1, 5)]
    [InlineData("lenet5-bn", 3, 33)]
    [InlineData("lenet5-silu", 3, 33)]
    public void Evaluation_Logits_AgreeWithTorch(string variant, int channels, int images)
    {
        Assert.SkipUnless(Lanes.AreSupported, "The kernels need AVX-512 or AVX2.");
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var (own, torchs, pixels, _) = Networks(variant, channels, images);
        using (own)
        using (torchs)
            AssertClose(Values(torchs.Forward(pixels, Pass.Evaluation)), Values(own.Forward(pixels, Pass.Evaluation)), 1e-4f);
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("lenet5-bn")]
    [InlineData("lenet5-silu")]
    public async Task Training_WithAvx2Alone_GivesTheWeightsOfAvx512(string variant)
    {
        Assert.SkipUnless(Avx512F.IsSupported, "The processor has no AVX-512 to compare with.");
        var root = Directory.CreateTempSubdirectory("lenet-kernels-").FullName;
        try
        {
            var pictures = TinyPictures.Write(root);
            var weights = new List<byte[]>();
            foreach (var avx512 in new[] { "1", "0" })
            {
                var (code, _, error) = await TrainerProcess.RunAsync(
                    [
                        "train", "--dataset", "folder", "--data", pictures, "--variant", variant, "--epochs", "2", "--batch-size", "4",
                        "--out", Path.Combine(root, avx512),
                    ],
                    ("DOTNET_EnableAVX512", avx512));
                Assert.True(code == 0, error);
                var files = Directory.GetFiles(Path.Combine(root, avx512), "model.safetensors", SearchOption.AllDirectories);
                weights.Add(File.ReadAllBytes(Assert.Single(files)));
            }

            Assert.Equal(weights[0], weights[1]);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static (Network Own, Network Torchs, Tensor Pixels, Tensor Labels) Networks(string variant, int channels, int images)
    {
        var store = new ParameterStore(Variants.Create(variant, channels, 10), CPU);
        Initialization.Fill(store, seed: 3);
        var random = new Generator(7);
        foreach (var parameter in store.Parameters.Where(parameter => parameter.Name.Contains("_bn", StringComparison.Ordinal)))
            store.View(parameter).add_(rand(parameter.Shape, generator: random), 0.5);
        var normalization = new Normalization(Enumerable.Repeat(110.0, channels).ToArray(), Enumerable.Repeat(60.0, channels).ToArray());
        var pixels = randint(0, 256, [images, channels, 32, 32], ScalarType.Float32, generator: random);
        var labels = randint(0, 10, [images], ScalarType.Int64, generator: random);
        return (new(store, normalization), new(store, normalization, kernels: false), pixels, labels);
    }

    private static float[] Step(Network network, Tensor pixels, Tensor labels)
    {
        var logits = network.Forward(pixels, new(Training: true, Seed: 1));
        network.Backward(Criterion.Sum(logits, labels, network.Store.Spec, new TrainingConfig()));
        return Values(logits);
    }

    private static float[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.detach().contiguous().bytes).ToArray();

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        var scale = expected.Append(1f).Max(MathF.Abs);
        Assert.Equal(expected.Length, actual.Length);
        for (var index = 0; index < expected.Length; index++)
        {
            var near = MathF.Abs(expected[index] - actual[index]) <= tolerance * scale;
            Assert.True(near, $"value {index} is {actual[index]}, expected {expected[index]} ± {tolerance * scale}");
        }
    }
}
