using LeNetServe.Datasets;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Measures weights on images.</summary>
internal sealed class Evaluator(SliceThreads threads)
{
    private const int BatchSize = 250;

    /// <summary>Loss and accuracy of the store's weights on the images with these numbers.</summary>
    /// <param name="store">The weights.</param>
    /// <param name="normalization">What the network expects.</param>
    /// <param name="images">The images.</param>
    /// <param name="numbers">Which of them.</param>
    /// <param name="flip">Average the probabilities of each image and its mirror image.</param>
    public EvaluationResult Measure(ParameterStore store, Normalization normalization, ResidentImages images, int[] numbers, bool flip = false)
    {
        if (numbers.Length == 0)
            throw new ArgumentException("no images to measure on", nameof(numbers));
        var (correct, loss) = (0L, 0.0);
        var batches = (numbers.Length + BatchSize - 1) / BatchSize;
        var partial = new (long Correct, double Loss)[batches];
        using (var networks = new ThreadNetworks(store, normalization, threads))
            threads.Run(batches, batch =>
            {
                using var off = no_grad();
                using var scope = NewDisposeScope();
                var network = networks[batch];
                var part = numbers.AsSpan(batch * BatchSize, Math.Min(BatchSize, numbers.Length - batch * BatchSize));
                var (pixels, labels) = images.Batch(part);
                var log = network.Forward(pixels, Pass.Evaluation).log_softmax(1);
                if (flip)
                    log = log.exp().add_(network.Forward(pixels.flip(3), Pass.Evaluation).softmax(1), Number.Of(1)).div_(Number.Of(2)).log_();
                partial[batch] = (
                    log.argmax(1).eq(labels).sum().item<long>(),
                    functional.nll_loss(log, labels, reduction: Reduction.Sum).item<float>());
            });
        foreach (var (right, sum) in partial)
            (correct, loss) = (correct + right, loss + sum);
        return new(numbers.Length, (int)correct, loss / numbers.Length);
    }
}
