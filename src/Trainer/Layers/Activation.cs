using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Layers;

/// <summary>A squashing function.</summary>
internal sealed class Activation(ActivationSpec layer) : TrainedLayer
{
    /// <inheritdoc/>
    public override Layer Build(NetworkParameters parameters) => layer.Function switch
    {
        ActivationFunction.Relu => (x, _) => x.relu(),
        ActivationFunction.Tanh => (x, _) => x.tanh(),
        ActivationFunction.Silu => (x, _) => functional.silu(x),
        ActivationFunction.ScaledTanh => (x, _) =>
            x.mul(Number.Of(ActivationSpec.ScaledTanhSlope)).tanh_().mul(Number.Of(ActivationSpec.ScaledTanhAmplitude)),
        _ => throw new SpecException($"layer {layer.Name}: function {layer.Function} cannot be trained"),
    };
}
