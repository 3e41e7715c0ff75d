using LeNetServe.Cli.Pages;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;
using LeNetServe.Trainer.Reports;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Film;

/// <summary>Records a network after each epoch.</summary>
/// <param name="model">The model in training.</param>
/// <param name="labels">The right class of each validation image.</param>
internal sealed class FilmRecorder(TrainedModel model, int[] labels)
{
    private const int MostClasses = 20;

    /// <summary>Records one frame.</summary>
    /// <param name="epoch">The number of the epoch, from 1.</param>
    /// <param name="store">The weights after it.</param>
    /// <param name="answers">The class that the network gives to each validation image; null without such images.</param>
    public FilmFrame Record(int epoch, ParameterStore store, int[]? answers)
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
            Confusion = answers is not null && model.Labels.Count <= MostClasses
                ? RunReport.Confusion(model.Labels.Count, labels, answers)
                : null,
        };
    }
}
