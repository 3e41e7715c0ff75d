using LeNetServe.Randomness;
using LeNetServe.Specs;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Layers;

/// <summary>A fully connected layer.</summary>
internal sealed class Dense(DenseSpec layer, TensorShape input) : TrainedLayer
{
    /// <inheritdoc/>
    public override Layer Build(NetworkParameters parameters)
    {
        var weight = parameters[$"{layer.Name}.weight"];
        var bias = layer.Bias ? parameters[$"{layer.Name}.bias"] : null;
        return (x, _) => functional.linear(x.flatten(1), weight, bias);
    }

    /// <inheritdoc/>
    public override void Initialize(string parameter, InitialBounds bounds, ref SplitMix64 random, Span<float> values) =>
        bounds.Fill(input.Count, ref random, values);
}
