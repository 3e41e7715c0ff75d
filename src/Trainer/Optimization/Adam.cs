using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Optimization;

/// <summary>
/// Adam (Kingma and Ba 2015), and with <c>decoupled</c> AdamW (Loshchilov and Hutter 2019): the weight decay then bypasses the adaptive
/// scaling.
/// </summary>
internal sealed class Adam : Optimizer
{
    private const double Epsilon = 1e-8;
    private readonly TrainingConfig config;
    private readonly bool decoupled;
    private readonly Tensor mean;
    private readonly Tensor square;
    private readonly Tensor decay;

    public Adam(TrainingConfig config, ParameterStore store, bool decoupled)
        : this(config, store.Trained, decoupled) => decay = DecayMask(store);

    /// <summary>Creates the optimizer of flat weights of which all decay.</summary>
    public Adam(TrainingConfig config, Tensor weights, bool decoupled)
    {
        using var scope = NewDisposeScope();
        this.config = config;
        this.decoupled = decoupled;
        mean = Keep("mean", zeros_like(weights));
        square = Keep("square", zeros_like(weights));
        decay = Keep(null, ones_like(weights));
    }

    public override void Step(Tensor weights, Tensor gradient, double learningRate, long step, SliceThreads? threads = null)
    {
        if (config.WeightDecay > 0 && decoupled)
            weights.addcmul_(decay, weights, Number.Of(-learningRate * config.WeightDecay));
        else if (config.WeightDecay > 0)
            gradient.addcmul_(decay, weights, Number.Of(config.WeightDecay));
        mean.mul_(Number.Of(config.Beta1)).add_(gradient, Number.Of(1 - config.Beta1));
        square.mul_(Number.Of(config.Beta2)).addcmul_(gradient, gradient, Number.Of(1 - config.Beta2));
        var scale = Math.Sqrt(1 - Math.Pow(config.Beta2, step));
        var root = square.sqrt().add_(Number.Of(Epsilon * scale), Number.Of(1));
        weights.addcdiv_(mean, root, Number.Of(-learningRate * scale / (1 - Math.Pow(config.Beta1, step))));
    }
}
