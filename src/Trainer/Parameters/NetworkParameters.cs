using LeNetServe.Trainer.Computing;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Parameters;

/// <summary>One network's tensors over a store: views of the shared weights, and gradients and running statistics of its own.</summary>
internal sealed class NetworkParameters : IDisposable
{
    private readonly Dictionary<string, Tensor> leaves = new(StringComparer.Ordinal);
    private readonly List<Tensor> kept = [];
    private readonly ParameterStore store;

    /// <param name="store">The weights.</param>
    /// <param name="type">Of another type than float32 the tensors are copies without gradients.</param>
    public NetworkParameters(ParameterStore store, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        this.store = store;
        Gradient = zeros_like(store.Trained).DetachFromDisposeScope();
        Constant = store.Constant.clone().DetachFromDisposeScope();
        foreach (var parameter in store.Parameters)
        {
            var leaf = ParameterStore.View(parameter, parameter.IsTrained ? store.Trained : Constant).detach().to_type(type)
                .DetachFromDisposeScope();
            if (parameter.IsTrained && type == ScalarType.Float32)
            {
                leaf.requires_grad_(true);
                leaf.grad = ParameterStore.View(parameter, Gradient);
            }
            leaves.Add(parameter.Name, leaf);
        }
    }

    /// <summary>The device of all tensors.</summary>
    public Device Device => Gradient.device;

    /// <summary>Gradient of the trained values, flat; a backward pass adds to it.</summary>
    public Tensor Gradient { get; }

    /// <summary>Own copy of the values that training does not change; batch norm writes its running statistics here.</summary>
    public Tensor Constant { get; }

    public Tensor this[string name] => leaves[name];

    /// <summary>Address of a parameter's values.</summary>
    public unsafe float* Values(string name) => TensorMemory.Pointer(leaves[name]);

    /// <summary>Address of a trained parameter's gradient.</summary>
    public unsafe float* Gradients(string name) => TensorMemory.Pointer(Gradient) + store[name].Offset;

    /// <summary>Makes a layer's constant live as long as the network.</summary>
    public Tensor Keep(Tensor constant)
    {
        kept.Add(constant.DetachFromDisposeScope());
        return constant;
    }

    public void Dispose()
    {
        foreach (var tensor in (IEnumerable<Tensor>)[.. kept, .. leaves.Values, Gradient, Constant])
            tensor.Dispose();
    }
}
