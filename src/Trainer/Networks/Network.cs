using LeNetServe.Runs;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Networks;

/// <summary>
/// A network over the values of a <see cref="ParameterStore"/>, with gradients and running statistics of its own: several of them compute
/// parts of a batch side by side on the same weights.
/// </summary>
internal sealed class Network : IDisposable
{
    private readonly Dictionary<string, Tensor> leaves = new(StringComparer.Ordinal);
    private readonly List<Tensor> kept = [];
    private readonly Layer[] layers;
    private readonly Tensor mean;
    private readonly Tensor deviation;

    public Network(ParameterStore store, Normalization normalization)
    {
        using var scope = NewDisposeScope();
        Store = store;
        var device = store.Trained.device;
        Gradient = zeros_like(store.Trained).DetachFromDisposeScope();
        Constant = store.Constant.clone().DetachFromDisposeScope();
        foreach (var parameter in store.Parameters)
        {
            var leaf = ParameterStore.View(parameter, parameter.IsTrained ? store.Trained : Constant).detach().DetachFromDisposeScope();
            if (parameter.IsTrained)
            {
                leaf.requires_grad_(true);
                leaf.grad = ParameterStore.View(parameter, Gradient);
            }
            leaves.Add(parameter.Name, leaf);
        }
        mean = PerChannel(normalization.Mean, device);
        deviation = PerChannel(normalization.Deviation, device);
        layers = [.. LayerBuilder.Build(store.Spec, this)];
    }

    /// <summary>The weights.</summary>
    public ParameterStore Store { get; }

    /// <summary>Gradient of the trained values, flat; a backward pass adds to it.</summary>
    public Tensor Gradient { get; }

    /// <summary>Own copy of the values that training does not change; batch norm writes its running statistics here.</summary>
    public Tensor Constant { get; }

    /// <summary>A parameter by its name.</summary>
    public Tensor this[string name] => leaves[name];

    /// <summary>Logits, B×classes, of raw pixels, B×C×H×W float32 0..255.</summary>
    public Tensor Forward(Tensor pixels, Pass pass) => ForwardNormalized(pixels.sub(mean).div_(deviation), pass);

    /// <summary>Logits, B×classes, of normalised pixels, B×C×H×W.</summary>
    public Tensor ForwardNormalized(Tensor input, Pass pass)
    {
        foreach (var layer in layers)
            input = layer(input, pass);
        return input;
    }

    /// <summary>Makes a layer's constant live as long as the network.</summary>
    public Tensor Keep(Tensor constant)
    {
        kept.Add(constant.DetachFromDisposeScope());
        return constant;
    }

    public void Dispose()
    {
        foreach (var constant in kept)
            constant.Dispose();
        foreach (var leaf in leaves.Values)
            leaf.Dispose();
        Gradient.Dispose();
        Constant.Dispose();
        mean.Dispose();
        deviation.Dispose();
    }

    private static Tensor PerChannel(IReadOnlyList<double> values, Device device) =>
        tensor(values.Select(value => (float)value).ToArray(), [1, values.Count, 1, 1], ScalarType.Float32, device).DetachFromDisposeScope();
}
