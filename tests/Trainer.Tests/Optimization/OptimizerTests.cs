using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Optimization;
using LeNetServe.Trainer.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Tests.Optimization;

/// <summary>The flat optimizers against torch's own, on the same gradients.</summary>
public sealed class OptimizerTests
{
    private const double Rate = 0.01;

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Sgd_Nesterov_AgreesWithTorch(double decay) => Compare(
        new() { Optimizer = OptimizerKind.Sgd, WeightDecay = decay }, (weight, decay) =>
            optim.SGD([weight], Rate, momentum: 0.9, nesterov: true, weight_decay: decay));

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Sgd_Heavy_AgreesWithTorch(double decay) => Compare(
        new() { Optimizer = OptimizerKind.Sgd, Nesterov = false, WeightDecay = decay }, (weight, decay) =>
            optim.SGD([weight], Rate, momentum: 0.9, weight_decay: decay));

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Step_OfAdam_AgreesWithTorch(double decay) => Compare(
        new() { Optimizer = OptimizerKind.Adam, WeightDecay = decay }, (weight, decay) => optim.Adam([weight], Rate, weight_decay: decay));

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Step_OfAdamW_AgreesWithTorch(double decay) => Compare(
        new() { Optimizer = OptimizerKind.AdamW, WeightDecay = decay }, (weight, decay) =>
            optim.AdamW([weight], Rate, weight_decay: decay));

    [Fact]
    public void Step_OfMuonWithDecay_ShrinksWeightsByRateTimesDecayAndAddsTheSameChange()
    {
        using var scope = NewDisposeScope();
        const double Decay = 0.1;
        var (plain, decayed) = (OneStep(0), OneStep(Decay));

        for (var parameter = 0; parameter < plain.Length; parameter++)
        {
            var expected = plain[parameter].Name.EndsWith(".bias", StringComparison.Ordinal)
                ? plain[parameter].After
                : plain[parameter].After - plain[parameter].Before * (Rate * Decay);
            Assert.True(decayed[parameter].After.allclose(expected, rtol: 0, atol: 1e-7), plain[parameter].Name);
        }

        static (string Name, Tensor Before, Tensor After)[] OneStep(double decay)
        {
            using var store = new ParameterStore(Variants.Create("lenet5", 1, 10), CPU);
            Initialization.Fill(store, seed: 1);
            var before = store.Trained.clone();
            using var optimizer = Optimizer.Create(new() { Optimizer = OptimizerKind.Muon, WeightDecay = decay }, store);
            optimizer.Step(store.Trained, randn(store.Trained.shape, generator: new Generator(5)), Rate, 1);
            return
        [
            .. store.Parameters.Select(parameter =>
                (parameter.Name, ParameterStore.View(parameter, before), store.View(parameter).clone())),
        ];
        }
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
    [InlineData(1)]
    [InlineData(2)]
    public void Step_OfMuonOnThreads_GivesTheSameBits(int count)
    {
        using var threads = new SliceThreads(count);

        Assert.Equal(OneStep(null), OneStep(threads));

        static byte[] OneStep(SliceThreads? threads)
        {
            using var scope = NewDisposeScope();
            using var store = new ParameterStore(Variants.Create("lenet5-sparse", 3, 10), CPU);
            using var optimizer = Optimizer.Create(new() { Optimizer = OptimizerKind.Muon }, store);
            optimizer.Step(store.Trained, randn(store.Trained.shape, generator: new Generator(5)), Rate, 1, threads);
            return store.Trained.bytes.ToArray();
        }
    }

    [Theory]
    [InlineData(6, 25)]
    [InlineData(120, 400)]
    [InlineData(75, 33)]
    public void Apply_NewtonSchulz_IsTorchsIteration(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var matrix = randn([rows, columns], generator: new Generator(5));
        var expected = rows > columns ? matrix.t() : matrix;
        expected /= matrix.norm();
        for (var iteration = 0; iteration < 5; iteration++)
        {
            var square = expected.matmul(expected.t());
            expected = 3.4445 * expected + (-4.7750 * square + 2.0315 * square.matmul(square)).matmul(expected);
        }
        using var own = new NewtonSchulz([(rows, columns)]);

        var change = matrix.clone();
        own.Apply([Address(change)], [matrix.norm().item<float>()], threads: null);

        Assert.True(change.allclose(rows > columns ? expected.t() : expected, rtol: 0, atol: 1e-4));

        static unsafe nint Address(Tensor tensor) => (nint)TensorMemory.Pointer(tensor);
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

    /// <summary>Steps both on the same gradients; torch's decays kernels and matrices alone, as the own one must.</summary>
    private static void Compare(TrainingConfig config, Func<Parameter, double, optim.Optimizer> create)
    {
        using var scope = NewDisposeScope();
        using var store = new ParameterStore(Variants.Create("lenet5", 1, 10), CPU);
        Initialization.Fill(store, seed: 1);
        using var own = Optimizer.Create(config, store);
        var weights = store.Parameters.Select(parameter => new Parameter(store.View(parameter).clone())).ToArray();
        var torchs = weights.Zip(
            store.Parameters, (weight, parameter) => create(weight, parameter.Shape.Length > 1 ? config.WeightDecay : 0)).ToArray();
        var random = new Generator(5);
        for (var step = 1; step <= 20; step++)
        {
            var gradient = randn(store.Trained.shape, generator: random);
            foreach (var (weight, parameter) in weights.Zip(store.Parameters))
                weight.grad = ParameterStore.View(parameter, gradient).clone();
            foreach (var optimizer in torchs)
                optimizer.step();
            own.Step(store.Trained, gradient, Rate, step);
        }
        foreach (var optimizer in torchs)
            optimizer.Dispose();
        foreach (var (weight, parameter) in weights.Zip(store.Parameters))
            Assert.True(weight.detach().allclose(store.View(parameter), rtol: 0, atol: 1e-5), parameter.Name);
    }
}
