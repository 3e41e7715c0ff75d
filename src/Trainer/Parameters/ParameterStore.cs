using LeNetServe.Specs;
using LeNetServe.Tensors;
using LeNetServe.Trainer.Computing;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Parameters;

/// <summary>
/// A network's values in two flat tensors: those that training changes, and the others (running statistics, constants). An optimizer step,
/// an average or a copy is then a handful of operations, whatever the number of layers.
/// </summary>
internal sealed class ParameterStore : IDisposable
{
    private readonly Dictionary<string, StoredParameter> parameters = new(StringComparer.Ordinal);

    public ParameterStore(LeNetSpec spec, Device device)
    {
        Spec = spec;
        var trained = 0;
        var constant = 0;
        foreach (var row in spec.Trace())
            foreach (var parameter in row.Parameters)
            {
                var isTrained = parameter.TrainableCount > 0;
                var name = $"{row.Layer.Name}.{parameter.Name}";
                long[] shape = [.. parameter.Shape.Select(size => (long)size)];
                parameters.Add(name, new(name, shape, isTrained ? trained : constant, parameter.Count, isTrained));
                if (isTrained)
                    trained += parameter.Count;
                else
                    constant += parameter.Count;
            }
        Trained = zeros(trained, ScalarType.Float32, device).DetachFromDisposeScope();
        Constant = zeros(constant, ScalarType.Float32, device).DetachFromDisposeScope();
    }

    private ParameterStore(ParameterStore other)
    {
        Spec = other.Spec;
        parameters = other.parameters;
        Trained = other.Trained.clone().DetachFromDisposeScope();
        Constant = other.Constant.clone().DetachFromDisposeScope();
    }

    /// <summary>The network.</summary>
    public LeNetSpec Spec { get; }

    /// <summary>All values that training changes, flat.</summary>
    public Tensor Trained { get; }

    /// <summary>All other values, flat.</summary>
    public Tensor Constant { get; }

    /// <summary>The parameters in the network's order; the name is <c>layer.parameter</c>.</summary>
    public IReadOnlyCollection<StoredParameter> Parameters => parameters.Values;

    /// <summary>The place of a parameter.</summary>
    public StoredParameter this[string name] => parameters[name];

    /// <summary>A parameter's values as a view.</summary>
    public Tensor View(StoredParameter parameter) => View(parameter, parameter.IsTrained ? Trained : Constant);

    /// <summary>The values of that parameter in another flat tensor of the same layout (gradients, averages).</summary>
    public static Tensor View(StoredParameter parameter, Tensor flat) =>
        flat.narrow(0, parameter.Offset, parameter.Count).view(parameter.Shape);

    /// <summary>A copy with values of its own.</summary>
    public ParameterStore Clone() => new(this);

    /// <summary>Takes over the other store's values.</summary>
    public void CopyFrom(ParameterStore other)
    {
        Trained.copy_(other.Trained);
        Constant.copy_(other.Constant);
    }

    /// <summary>Writes the parameters under their names.</summary>
    public void Save(string path)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(path,
        [
            .. Parameters.Select(parameter => (parameter.Name, StoredTensor.From(
                TensorMemory.Values(View(parameter)), [.. parameter.Shape.Select(size => (int)size)]))),
        ]);
    }

    /// <summary>Reads the parameters by their names.</summary>
    /// <exception cref="InvalidDataException">A parameter is missing or has another shape.</exception>
    public void Load(string path)
    {
        using var scope = NewDisposeScope();
        var file = SafetensorsFile.Read(path);
        foreach (var parameter in Parameters)
        {
            var stored = file[parameter.Name];
            if (stored.Type != TensorType.F32 || !stored.Shape.Select(size => (long)size).SequenceEqual(parameter.Shape))
                throw new InvalidDataException(
                    $"{path}: tensor \"{parameter.Name}\" is {stored}, expected F32 {string.Join('×', parameter.Shape)}");
            View(parameter).copy_(tensor(stored.ToSingles(), parameter.Shape));
        }
    }

    public void Dispose()
    {
        Trained.Dispose();
        Constant.Dispose();
    }
}
