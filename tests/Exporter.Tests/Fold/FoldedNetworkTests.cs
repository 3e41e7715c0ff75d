using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Layers;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Tests.Fold;

public sealed class FoldedNetworkTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    [Theory]
    [InlineData("lenet5", "C1 C1_relu S2 C3 C3_relu S4 C5 C5_relu F6 F6_relu output softmax")]
    [InlineData("lenet5-bn", "C1_bn C1_relu S2 C3_bn C3_relu S4 C5_bn C5_relu F6 F6_relu output softmax")]
    [InlineData("every-record", "C1_bn C1_act S2 S4 S4_act F6_bn F6_act logits probabilities")]
    public void Fold_Network_KeepsTheLayersThatAreNotFoldedAway(string name, string represented)
    {
        var network = Fold(name);

        Assert.Equal(represented.Split(' '), network.Layers.Select(layer => layer.Represents));
        Assert.Null(network.Scaling);
    }

    [Fact]
    public void Fold_PoolingFirst_PassesTheNormalizationToTheConvolution()
    {
        var network = Fold("pool-first");

        Assert.Null(network.Scaling);
        Assert.Equal([null, null, "C1", "relu", "output", "softmax"], network.Layers.Select(layer => layer.Represents));
    }

    [Fact]
    public void Fold_ActivationFirst_KeepsTheNormalization()
    {
        var network = Fold("activation-first");

        Assert.NotNull(network.Scaling);
        Assert.All(network.Layers, layer => Assert.NotNull(layer.Represents));
    }

    [Fact]
    public void Fold_BatchNorm_GivesTheNormalizedConvolution()
    {
        var spec = TestSpecs.Create("dense-only") with
        {
            Layers =
            [
                new DenseSpec { Name = "output", Units = 10, Bias = false },
                new BatchNormSpec { Name = "norm", Epsilon = 0.5 },
                new SoftmaxSpec { Name = "softmax" },
            ],
        };
        var run = TestRuns.Create(temporary.Path, spec);
        var weights = TrainedWeights.Read(run.Weights, spec);

        var network = FoldedNetwork.Fold(spec, weights, new([0], [1]));

        var (gamma, beta) = (weights.Get(spec.Layers[1], "weight"), weights.Get(spec.Layers[1], "bias"));
        var (mean, variance) = (weights.Get(spec.Layers[1], "running_mean"), weights.Get(spec.Layers[1], "running_var"));
        var factor = gamma[3] / Math.Sqrt(variance[3] + 0.5);
        Assert.Equal(weights.Get(spec.Layers[0], "weight")[3 * 1024 + 7] * factor, network.Layers[0].Weight[3 * 1024 + 7], 1e-15);
        Assert.Equal(beta[3] - mean[3] * factor, network.Layers[0].Bias[3], 1e-15);
    }

    public void Dispose() => temporary.Dispose();

    private FoldedNetwork Fold(string name)
    {
        var spec = TestSpecs.Create(name);
        var run = TestRuns.Create(temporary.Path, spec, images: 1);
        return FoldedNetwork.Fold(spec, TrainedWeights.Read(run.Weights, spec), new([25.8], [70.3]));
    }
}
