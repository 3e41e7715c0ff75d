using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Optimization;

/// <summary>Changes flat weights by a flat gradient: a step is the same few tensor operations for any network.</summary>
internal abstract class Optimizer : IDisposable
{
    private readonly Dictionary<string, Tensor> state = new(StringComparer.Ordinal);
    private readonly List<Tensor> kept = [];

    /// <summary>The tensors that a checkpoint keeps, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> State => state;

    /// <summary>The optimizer of a config for the weights of a store.</summary>
    public static Optimizer Create(TrainingConfig config, ParameterStore store) => config.Optimizer switch
    {
        OptimizerKind.Sgd => new Sgd(config, store),
        OptimizerKind.Adam => new Adam(config, store, decoupled: false),
        OptimizerKind.AdamW => new Adam(config, store, decoupled: true),
        OptimizerKind.Muon => new Muon(config, store),
        _ => throw ExpectedException.Usage(
            $"optimizer is {config.Optimizer}, expected {string.Join(", ", Enum.GetNames<OptimizerKind>())}"),
    };

    /// <summary>One step.</summary>
    /// <param name="weights">Changed in place.</param>
    /// <param name="gradient">May be changed in place.</param>
    /// <param name="learningRate">Learning rate of this step.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="threads">Threads to compute with; null: the caller's alone. The result does not depend on them.</param>
    public abstract void Step(Tensor weights, Tensor gradient, double learningRate, long step, SliceThreads? threads = null);

    public virtual void Dispose()
    {
        foreach (var tensor in kept)
            tensor.Dispose();
    }

    /// <summary>A tensor that lives as long as the optimizer; named ones belong to its state.</summary>
    protected Tensor Keep(string? name, Tensor tensor)
    {
        kept.Add(tensor.DetachFromDisposeScope());
        if (name is not null)
            state.Add(name, tensor);
        return tensor;
    }

    /// <summary>1 for weights that decay (kernels and matrices), 0 for the others (biases, batch norm, coefficients).</summary>
    protected Tensor DecayMask(ParameterStore store)
    {
        var mask = zeros_like(store.Trained);
        foreach (var parameter in store.Parameters.Where(parameter => parameter.IsTrained && parameter.Shape.Length > 1))
            mask.narrow(0, parameter.Offset, parameter.Count).fill_(Number.Of(1));
        return Keep(null, mask);
    }
}
