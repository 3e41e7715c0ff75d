using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Training;

/// <summary>The loss of a batch as a sum over its images, in nats.</summary>
internal static class Criterion
{
    /// <summary>Computes cross-entropy, or the paper's MAP criterion if the last layer is an RBF.</summary>
    /// <param name="logits">B×classes.</param>
    /// <param name="labels">B, int64.</param>
    /// <param name="spec">The network.</param>
    /// <param name="config">Label smoothing, and the constant of the rubbish class.</param>
    public static Tensor Sum(Tensor logits, Tensor labels, LeNetSpec spec, TrainingConfig config) =>
        HasRbf(spec)
            ? MaximumAPosteriori(logits, labels, config.Rubbish)
            : functional.cross_entropy(logits, labels, reduction: Reduction.Sum, label_smoothing: config.LabelSmoothing);

    /// <summary>
    /// Computes T²·Σ of the cross-entropy of the student's probabilities at temperature T against the teacher's: T² keeps the gradient's
    /// size (Hinton, Vinyals, Dean 2015, section 2).
    /// </summary>
    /// <param name="logits">B×classes.</param>
    /// <param name="targets">B×classes, probabilities at the same temperature.</param>
    /// <param name="temperature">T.</param>
    public static Tensor Distillation(Tensor logits, Tensor targets, double temperature) =>
        -(logits.div(Number.Of(temperature)).log_softmax(1) * targets).sum().mul(Number.Of(temperature * temperature));

    private static bool HasRbf(LeNetSpec spec) => spec.Layers.Any(layer => layer is RbfSpec);

    /// <summary>Computes Σ y_target + log(e^−j + Σ_i e^−y_i) with logits = −y (LeCun et al. 1998, equation 9).</summary>
    private static Tensor MaximumAPosteriori(Tensor logits, Tensor labels, double rubbish)
    {
        var right = logits.gather(1, labels.unsqueeze(1)).squeeze(1);
        var all = cat([logits, full_like(logits.narrow(1, 0, 1), Number.Of(-rubbish))], 1).logsumexp(1);
        return (all - right).sum();
    }
}
