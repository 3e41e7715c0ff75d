using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Fits the score of strange images of finished weights.</summary>
/// <param name="store">The weights.</param>
/// <param name="model">The calibrated model.</param>
/// <param name="set">The training images.</param>
/// <param name="images">The same images on the device.</param>
/// <param name="threads">Threads to compute with.</param>
internal sealed class NoveltyTrainer(
    ParameterStore store, TrainedModel model, ImageSet set, ResidentImages images, SliceThreads threads)
{
    private const int MostImages = 20_000;

    private readonly string? layer = NoveltyRule.LayerOf(model.Spec);
    private readonly int size = model.Spec.Trace()
        .FirstOrDefault(row => row.Layer.Name == NoveltyRule.LayerOf(model.Spec))?.Output.Count ?? model.Spec.Classes;

    /// <summary>Fits the score on training images and generated strangers, and the threshold on held-out images.</summary>
    /// <param name="data">The parts of the training images.</param>
    /// <returns>The score, the rule, and the novelties of the held-out images. Null if the features are too many.</returns>
    public (NoveltyModel Model, NoveltyRule Rule, float[] HeldOut)? Fit(TrainingData data)
    {
        if (size > NoveltyModel.MostFeatures)
            return null;
        var step = Math.Max(1, data.Train.Length / MostImages);
        int[] numbers = [.. data.Train.Where((_, place) => place % step == 0)];
        var strangers = new StrangerImages(set, numbers, model.Imaging).Draw(numbers.Length, threads);
        using var strange = new ResidentImages(strangers, images.Device);
        var fitted = NoveltyFit.Of(Features(images, numbers), Features(strange, strange.All()), size, threads);
        float[] scores = [.. Features(images, data.Calibration).Chunk(size).Select(features => fitted.Score(features))];
        return (fitted, NoveltyRule.Of(scores, layer is null ? [] : [layer]), scores);
    }

    private float[] Features(ResidentImages of, int[] numbers)
    {
        var values = new float[numbers.Length * size];
        new EvaluationPass(store, model, threads) { Last = layer }.Run(of, numbers, batch => TensorMemory.Values(
            layer is null ? batch.Logits() : batch.Network.Forward(batch.Pixels, Pass.Evaluation)).CopyTo(values, batch.First * size));
        return values;
    }
}
