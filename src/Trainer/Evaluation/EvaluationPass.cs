using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Runs weights over many images without gradients, several batches side by side.</summary>
/// <param name="store">The weights.</param>
/// <param name="model">The normalization that the network expects, and the temperature of its calibration.</param>
/// <param name="threads">Threads to compute with.</param>
internal sealed class EvaluationPass(ParameterStore store, TrainedModel model, SliceThreads threads)
{
    private const int BatchSize = 250;

    /// <summary>Use the own kernels if they fit; otherwise every layer is torch's.</summary>
    public bool Kernels { get; init; } = true;

    /// <summary>Name of the layer whose values the networks give instead of the logits; null for the logits.</summary>
    public string? Last { get; init; }

    /// <summary>Gets the number of batches for so many images.</summary>
    public static int Batches(int images) => (images + BatchSize - 1) / BatchSize;

    /// <summary>Calls <paramref name="work"/> for each batch of the images with these numbers, on several threads.</summary>
    public void Run(ResidentImages images, int[] numbers, Action<EvaluationBatch> work)
    {
        // A network keeps its pass's values, so two threads must not share one.
        var networks = Enumerable.Range(0, threads.Threads).Select(_ => new Network(store, model.Normalization, Kernels, last: Last))
            .ToArray();
        try
        {
            threads.Run(Batches(numbers.Length), batch =>
            {
                using var off = no_grad();
                using var scope = NewDisposeScope();
                var first = batch * BatchSize;
                var (pixels, labels) = images.Batch(numbers.AsSpan(first, Math.Min(BatchSize, numbers.Length - first)));
                work(new(networks[batch % networks.Length], batch, first, pixels, labels, model.Temperature));
            });
        }
        finally
        {
            foreach (var network in networks)
                network.Dispose();
        }
    }
}
