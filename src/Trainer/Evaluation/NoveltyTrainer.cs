using LeNetServe.Certainty;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Fits the score of strange images of finished weights.</summary>
/// <param name="store">The weights.</param>
/// <param name="model">The calibrated model.</param>
/// <param name="images">The training images.</param>
/// <param name="threads">Threads to compute with.</param>
internal sealed class NoveltyTrainer(ParameterStore store, TrainedModel model, ResidentImages images, SliceThreads threads)
{
    private const int MostImages = 10_000;

    private readonly IReadOnlyList<string> layers = NoveltyRule.LayersOf(model.Spec);

    /// <summary>Fits the score on training images and the threshold on held-out images.</summary>
    /// <param name="data">The parts of the training images.</param>
    /// <returns>
    /// The score, the rule, and the novelties of the held-out images. Null if the features are too many, or if a class has no image.
    /// </returns>
    public (NoveltyModel Model, NoveltyRule Rule, float[] HeldOut)? Fit(TrainingData data)
    {
        var classes = model.Spec.Classes;
        var step = Math.Max(1, data.Train.Length / MostImages);
        var (values, labels) = Features([.. data.Train.Where((_, place) => place % step == 0)]);
        var size = values.Length / labels.Length;
        if (size > NoveltyModel.MostFeatures || labels.Distinct().Count() < classes)
            return null;
        var fitted = NoveltyModel.Fit(values, labels, classes);
        var (heldOut, _) = Features(data.Calibration);
        float[] scores = [.. heldOut.Chunk(size).Select(features => fitted.Score(features))];
        return (fitted, NoveltyRule.Of(scores, layers), scores);
    }

    private (float[] Values, int[] Labels) Features(int[] numbers)
    {
        var values = new float[EvaluationPass.Batches(numbers.Length)][];
        var labels = new long[values.Length][];
        new EvaluationPass(store, model, threads).Run(images, numbers, batch =>
        {
            values[batch.Number] = TensorMemory.Values(FeaturesOf(batch));
            labels[batch.Number] = batch.Labels.cpu().data<long>().ToArray();
        });
        return ([.. values.SelectMany(batch => batch)], [.. labels.SelectMany(batch => batch).Select(label => (int)label)]);
    }

    /// <summary>Gets the means of the pooled maps and the calibrated logits, B×features.</summary>
    private Tensor FeaturesOf(EvaluationBatch batch)
    {
        var parts = new List<Tensor>();
        foreach (var (row, output) in batch.Network.Trace(batch.Pixels))
            if (layers.Contains(row.Layer.Name))
                parts.Add(output.mean([2, 3]));
        return cat([.. parts, batch.Logits()], 1);
    }
}
