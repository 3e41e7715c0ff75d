using LeNetServe.Randomness;
using LeNetServe.Specs;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Layers;

/// <summary>Batch normalization: batch statistics in training, running statistics otherwise.</summary>
internal sealed class BatchNorm(BatchNormSpec layer) : TrainedLayer
{
    /// <inheritdoc/>
    public override Layer Build(NetworkParameters parameters)
    {
        var weight = parameters[$"{layer.Name}.weight"];
        var bias = parameters[$"{layer.Name}.bias"];
        var mean = parameters[$"{layer.Name}.running_mean"];
        var variance = parameters[$"{layer.Name}.running_var"];
        return (x, pass) => functional.batch_norm(x, mean, variance, weight, bias, pass.Training, layer.Momentum, layer.Epsilon);
    }

    /// <inheritdoc/>
    public override void Initialize(string parameter, InitialBounds bounds, ref SplitMix64 random, Span<float> values) =>
        values.Fill(parameter is "weight" or "running_var" ? 1 : 0);
}
