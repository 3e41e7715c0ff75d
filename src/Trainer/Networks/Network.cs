using LeNetServe.Datasets;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Kernels;
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
    private readonly ConvolutionFront? front;
    private readonly Tensor mean;
    private readonly Tensor deviation;

    /// <param name="store">The weights.</param>
    /// <param name="normalization">Mean and deviation of the raw pixels.</param>
    /// <param name="kernels">Use the own kernels where they fit; without, every layer is torch's.</param>
    public Network(ParameterStore store, Normalization normalization, bool kernels = true)
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
        front = kernels ? ConvolutionFront.TryCreate(this, normalization) : null;
        layers = [.. LayerBuilder.Build(store.Spec, this).Skip(front?.Layers ?? 0)];
    }

    /// <summary>The weights.</summary>
    public ParameterStore Store { get; }

    /// <summary>Gradient of the trained values, flat; a backward pass adds to it.</summary>
    public Tensor Gradient { get; }

    /// <summary>Own copy of the values that training does not change; batch norm writes its running statistics here.</summary>
    public Tensor Constant { get; }

    /// <summary>A parameter by its name.</summary>
    public Tensor this[string name] => leaves[name];

    /// <summary>Raw pixels, B×C×H×W, as the first layer takes them.</summary>
    public Tensor Normalize(Tensor pixels) => pixels.sub(mean).div_(deviation);

    /// <summary>Logits, B×classes, of raw pixels, B×C×H×W float32 0..255.</summary>
    public Tensor Forward(Tensor pixels, Pass pass)
    {
        var values = front is null ? Normalize(pixels) : front.Forward(pixels, pass);
        foreach (var layer in layers)
            values = layer(values, pass);
        return values;
    }

    /// <summary>Adds to <see cref="Gradient"/> what the loss of the last training pass gives.</summary>
    public void Backward(Tensor loss)
    {
        loss.backward();
        front?.Backward();
    }

    /// <summary>Where a parameter's values are in memory.</summary>
    public unsafe float* Values(string name) => TensorMemory.Pointer(leaves[name]);

    /// <summary>Where a trained parameter's gradient is in memory.</summary>
    public unsafe float* Gradients(string name) => TensorMemory.Pointer(Gradient) + Store[name].Offset;

    /// <summary>Makes a layer's constant live as long as the network.</summary>
    public Tensor Keep(Tensor constant)
    {
        kept.Add(constant.DetachFromDisposeScope());
        return constant;
    }

    public void Dispose()
    {
        front?.Dispose();
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
