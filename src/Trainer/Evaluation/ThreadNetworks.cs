using LeNetServe.Datasets;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>A network for each thread, on the same weights: a network keeps its pass's values, so two threads must not share one.</summary>
internal sealed class ThreadNetworks(ParameterStore store, Normalization normalization, SliceThreads threads) : IDisposable
{
    private readonly Network[] networks = [.. Enumerable.Range(0, threads.Threads).Select(_ => new Network(store, normalization))];

    /// <summary>The network of the thread that <see cref="SliceThreads.Run"/> gives that batch to.</summary>
    public Network this[int batch] => networks[batch % networks.Length];

    public void Dispose()
    {
        foreach (var network in networks)
            network.Dispose();
    }
}
