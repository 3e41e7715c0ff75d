using LeNetServe.Randomness;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Layers;

/// <summary>−‖x − w‖² for each center w, as −x² + 2xw − w²: a matrix product.</summary>
internal sealed class Rbf(RbfSpec layer, TensorShape input) : TrainedLayer
{
    /// <inheritdoc/>
    public override Layer Build(NetworkParameters parameters)
    {
        var centers = parameters[$"{layer.Name}.weight"];
        return (x, _) =>
        {
            var flat = x.flatten(1);
            return flat.matmul(centers.t()).mul(Number.Of(2)) - flat.square().sum(1, keepdim: true) - centers.square().sum(1);
        };
    }

    /// <inheritdoc/>
    public override void Initialize(string parameter, InitialBounds bounds, ref SplitMix64 random, Span<float> values)
    {
        for (var value = 0; value < values.Length; value++)
            values[value] = layer.Centers[value / input.Count][value % input.Count];
    }
}
