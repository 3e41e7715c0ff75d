using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Measures weights on images.</summary>
internal sealed class Evaluator(SliceThreads threads)
{
    /// <summary>Gets loss and accuracy of the store's weights on the images with these numbers.</summary>
    /// <param name="store">The weights.</param>
    /// <param name="model">The normalization that the network expects, and the temperature of its calibration.</param>
    /// <param name="images">The images.</param>
    /// <param name="numbers">Numbers of the images to measure on.</param>
    /// <param name="flip">Average the probabilities of each image and its mirror image.</param>
    public EvaluationResult Measure(
        ParameterStore store, TrainedModel model, ResidentImages images, int[] numbers, bool flip = false)
    {
        if (numbers.Length == 0)
            throw new ArgumentException("no images to measure on", nameof(numbers));
        var correct = new long[EvaluationPass.Batches(numbers.Length)];
        var loss = new double[correct.Length];
        var answers = new int[numbers.Length];
        new EvaluationPass(store, model, threads).Run(images, numbers, batch =>
        {
            var log = batch.Logits().log_softmax(1);
            if (flip)
                log = log.exp().add_(batch.MirrorLogits().softmax(1), Number.Of(1)).div_(Number.Of(2)).log_();
            var best = log.argmax(1);
            Array.ConvertAll(best.cpu().data<long>().ToArray(), answer => (int)answer).CopyTo(answers, batch.First);
            correct[batch.Number] = best.eq(batch.Labels).sum().item<long>();
            loss[batch.Number] = functional.nll_loss(log, batch.Labels, reduction: Reduction.Sum).item<float>();
        });
        return new(numbers.Length, (int)correct.Sum(), loss.Sum() / numbers.Length, answers);
    }
}
