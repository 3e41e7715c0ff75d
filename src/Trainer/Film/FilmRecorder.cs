using LeNetServe.Cli.Pages;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Evaluation;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Film;

/// <summary>Records a network after each epoch.</summary>
/// <param name="model">The model in training.</param>
/// <param name="images">The images.</param>
/// <param name="validation">The numbers of the validation images.</param>
/// <param name="threads">Threads to compute with.</param>
internal sealed class FilmRecorder(TrainedModel model, ResidentImages images, int[] validation, SliceThreads threads)
{
    private const int MostClasses = 20;

    /// <summary>Records one frame.</summary>
    public FilmFrame Record(int epoch, ParameterStore store)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var network = new Network(store, model.Normalization);
        var weights = network[$"{model.Spec.Layers.OfType<ConvolutionSpec>().First().Name}.weight"];
        return new()
        {
            Epoch = epoch,
            Filters = SignedBytes.Of(TensorMemory.Values(weights)),
            Shape = [.. weights.shape.Select(dimension => (int)dimension)],
            Confusion = validation.Length > 0 && model.Labels.Count <= MostClasses ? Count(store) : null,
        };
    }

    private int[][] Count(ParameterStore store)
    {
        int[][] counts = [.. model.Labels.Select(_ => new int[model.Labels.Count])];
        var guard = new Lock();
        new EvaluationPass(store, model, threads).Run(images, validation, batch =>
        {
            var answers = batch.Logits().argmax(1).cpu().data<long>().ToArray();
            var labels = batch.Labels.cpu().data<long>().ToArray();
            lock (guard)
                foreach (var (label, answer) in labels.Zip(answers))
                    counts[label][answer]++;
        });
        return counts;
    }
}
