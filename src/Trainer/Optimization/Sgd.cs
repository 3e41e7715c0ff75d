using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Optimization;

/// <summary>
/// Stochastic gradient descent with momentum, in torch's form: v ← μv + g; w ← w − η(g + μv) with Nesterov, w − ηv without.
/// </summary>
internal sealed class Sgd : Optimizer
{
    private readonly TrainingConfig config;
    private readonly Tensor velocity;
    private readonly Tensor decay;

    public Sgd(TrainingConfig config, ParameterStore store)
    {
        using var scope = NewDisposeScope();
        this.config = config;
        velocity = Keep("velocity", zeros_like(store.Trained));
        decay = DecayMask(store);
    }

    public override void Step(Tensor weights, Tensor gradient, double learningRate, long step, SliceThreads? threads = null)
    {
        if (config.WeightDecay > 0)
            gradient.addcmul_(decay, weights, Number.Of(config.WeightDecay));
        velocity.mul_(Number.Of(config.Momentum)).add_(gradient, Number.Of(1));
        if (config.Nesterov)
            weights.add_(gradient.add_(velocity, Number.Of(config.Momentum)), Number.Of(-learningRate));
        else
            weights.add_(velocity, Number.Of(-learningRate));
    }
}
