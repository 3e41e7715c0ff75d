using LeNetServe.Certainty;
using LeNetServe.Randomness;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Optimization;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Trains the score of strange images on the features of known and of strange images.</summary>
internal static class NoveltyFit
{
    private const int Units = 32, Epochs = 12, BatchSize = 128;
    private const double LearningRate = 3e-3;
    private static readonly TrainingConfig Decay = new() { WeightDecay = 1e-4 };

    // Keeps a feature that hardly varies from deciding alone.
    private const double Floor = 0.01;

    /// <summary>Trains the score. The result depends on the features alone, not on threads.</summary>
    /// <param name="known">Images×features of training images.</param>
    /// <param name="strange">Images×features of strange images.</param>
    /// <param name="size">Number of features.</param>
    public static NoveltyModel Of(float[] known, float[] strange, int size)
    {
        using var scope = NewDisposeScope();
        var features = tensor([.. known, .. strange], [(known.Length + strange.Length) / size, size]);
        var targets = cat([zeros(known.Length / size), ones(strange.Length / size)]);
        var deviation = features.std(0, unbiased: false);
        deviation.add_(deviation.mean().mul_(Number.Of(Floor)), Number.Of(1));
        var mean = features.mean([0]);
        var trained = Train(features.sub_(mean).div_(deviation), targets);
        var weight = trained[0].div(deviation);
        return new(Values(weight), Values(trained[1].sub(weight.mv(mean))), Values(trained[2]));
    }

    private static Tensor[] Train(Tensor features, Tensor targets)
    {
        var random = SplitMix64.For(seed: 0, RandomStreams.Strangers, index: -1);
        var size = (int)features.shape[1];
        var flat = cat(
        [
            Normal(ref random, MathF.Sqrt(2f / size), Units * size), zeros(Units),
            Normal(ref random, MathF.Sqrt(1f / Units), Units), zeros(1),
        ]).requires_grad_();
        // TorchSharp's own optimizers make numbers in passing, see Number.
        using var optimizer = new Adam(Decay, flat, decoupled: true);
        var step = 0;
        var order = Enumerable.Range(0, (int)targets.shape[0]).Select(image => (long)image).ToArray();
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var rate = LearningRate * (1 - (double)epoch / Epochs);
            random.Shuffle<long>(order);
            foreach (var batch in order.Chunk(BatchSize))
            {
                using var scope = NewDisposeScope();
                var chosen = tensor(batch);
                var weights = Split(flat, size);
                var units = functional.linear(features.index_select(0, chosen), weights[0], weights[1]).relu();
                var scores = units.mv(weights[2]).add(weights[3], Number.Of(1));
                var loss = functional.binary_cross_entropy_with_logits(scores, targets.index_select(0, chosen));
                var gradient = autograd.grad([loss], [flat])[0];
                using (no_grad())
                    optimizer.Step(flat, gradient, rate, ++step);
            }
        }
        return Split(flat.detach(), size);
    }

    /// <summary>Gets weights and biases of the units, the weights of the score, and its bias.</summary>
    private static Tensor[] Split(Tensor flat, int size)
    {
        var parts = flat.split([Units * size, Units, Units, 1]);
        return [parts[0].view(Units, size), .. parts[1..]];
    }

    private static Tensor Normal(ref SplitMix64 random, float deviation, int count)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = random.Normal(deviation);
        return tensor(values);
    }

    private static double[] Values(Tensor tensor) => Array.ConvertAll(TensorMemory.Values(tensor), value => (double)value);
}
