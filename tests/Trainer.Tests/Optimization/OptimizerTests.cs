using System.Runtime.InteropServices;
using LeNetServe.Specs;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Optimization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Tests.Optimization;

/// <summary>The flat optimisers against torch's own, on the same gradients.</summary>
public sealed class OptimizerTests
{
    private const double Rate = 0.01;

    [Fact]
    public void Sgd_Nesterov_AgreesWithTorch() =>
        Compare(new() { Optimizer = OptimizerKind.Sgd }, weight => optim.SGD([weight], Rate, momentum: 0.9, nesterov: true));

    [Fact]
    public void Sgd_Heavy_AgreesWithTorch() =>
        Compare(new() { Optimizer = OptimizerKind.Sgd, Nesterov = false }, weight => optim.SGD([weight], Rate, momentum: 0.9));

    [Fact]
    public void Step_OfAdam_AgreesWithTorch() => Compare(new() { Optimizer = OptimizerKind.Adam }, weight => optim.Adam([weight], Rate));

    [Fact]
    public void Step_OfAdamW_AgreesWithTorch() => Compare(new() { Optimizer = OptimizerKind.AdamW }, weight => optim.AdamW([weight], Rate, weight_decay: 0));

    [Theory]
    [InlineData(nameof(OptimizerKind.Sgd))]
    [InlineData(nameof(OptimizerKind.Adam))]
    [InlineData(nameof(OptimizerKind.AdamW))]
    [InlineData(nameof(OptimizerKind.Muon))]
    public void Step_WithWeightDecay_PullsKernelsAndLeavesBiases(string kind)
    {
        using var scope = NewDisposeScope();
        using var store = new ParameterStore(Variants.Create("lenet5", 1, 10), CPU);
        store.Trained.fill_(1);
        using var optimizer = Optimizer.Create(new() { Optimizer = Enum.Parse<OptimizerKind>(kind), WeightDecay = 0.1 }, store);

        optimizer.Step(store.Trained, zeros_like(store.Trained), Rate, 1);

        Assert.True(store.View(store["C1.weight"])[0, 0, 0, 0].item<float>() < 1);
        Assert.Equal(1, store.View(store["C1.bias"])[0].item<float>());
    }

    [Theory]
    [InlineData("C3.weight", 16, 150)]
    [InlineData("C5.weight", 120, 400)]
    public void Step_OfMuon_MovesAHiddenLayerEquallyFarInAllDirections(string name, int rows, int columns)
    {
        using var scope = NewDisposeScope();
        using var store = new ParameterStore(Variants.Create("lenet5", 1, 10), CPU);
        using var optimizer = Optimizer.Create(new() { Optimizer = OptimizerKind.Muon }, store);

        optimizer.Step(store.Trained, randn(store.Trained.shape, generator: new Generator(5)), Rate, 1);

        var change = store.View(store[name]).view(rows, columns).div(Rate * 0.2 * Math.Sqrt(Math.Max(rows, columns)));
        var singular = linalg.svdvals(change);
        Assert.InRange(singular.min().item<float>(), 0.5f, 1.3f);
        Assert.InRange(singular.max().item<float>(), 0.5f, 1.3f);
    }

    [Theory]
    [InlineData("C1.bias")]
    [InlineData("output.weight")]
    public void Step_OfMuon_LeavesBiasesAndTheOutputLayerToAdamW(string name)
    {
        using var scope = NewDisposeScope();
        var weights = new List<Tensor>();
        foreach (var kind in (OptimizerKind[])[OptimizerKind.Muon, OptimizerKind.AdamW])
        {
            using var store = new ParameterStore(Variants.Create("lenet5", 1, 10), CPU);
            Initialization.Fill(store, seed: 1);
            using var optimizer = Optimizer.Create(new() { Optimizer = kind, WeightDecay = 0.1 }, store);
            var random = new Generator(5);
            for (var step = 1; step <= 3; step++)
                optimizer.Step(store.Trained, randn(store.Trained.shape, generator: random), Rate, step);
            weights.Add(store.View(store[name]).clone());
        }

        Assert.True(weights[0].allclose(weights[1], rtol: 0, atol: 0));
    }

    private static void Compare(TrainingConfig config, Func<Parameter, optim.Optimizer> create)
    {
        using var scope = NewDisposeScope();
        using var store = new ParameterStore(Variants.Create("lenet5", 1, 10), CPU);
        Initialization.Fill(store, seed: 1);
        using var own = Optimizer.Create(config, store);
        var weight = new Parameter(store.Trained.clone());
        using var torchs = create(weight);
        var random = new Generator(5);
        for (var step = 1; step <= 20; step++)
        {
            var gradient = randn(store.Trained.shape, generator: random);
            weight.grad = gradient.clone();
            torchs.step();
            own.Step(store.Trained, gradient, Rate, step);
        }
        var expected = MemoryMarshal.Cast<byte, float>(weight.detach().bytes);
        var actual = MemoryMarshal.Cast<byte, float>(store.Trained.bytes);
        for (var index = 0; index < expected.Length; index++)
            Assert.Equal(expected[index], actual[index], 1e-5f);
    }
}
