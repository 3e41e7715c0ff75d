using LeNetServe.Specs;
using LeNetServe.Tensors;

namespace LeNetServe.Exporter.Layers;

/// <summary>The trained tensors of a network, checked against its specification.</summary>
internal sealed class TrainedWeights
{
    private readonly SafetensorsFile file;

    private TrainedWeights(string path, SafetensorsFile file)
    {
        Path = path;
        this.file = file;
    }

    /// <summary>The file they come from.</summary>
    public string Path { get; }

    /// <summary>Reads a weights file.</summary>
    /// <exception cref="InvalidDataException">
    /// A tensor is missing, unknown, of another type or shape, or holds a value that is not a finite number.
    /// </exception>
    public static TrainedWeights Read(string path, LeNetSpec spec) => Read(path, spec.Trace());

    /// <inheritdoc cref="Read(string, LeNetSpec)"/>
    public static TrainedWeights Read(string path, IReadOnlyList<LayerShape> layers)
    {
        var weights = new TrainedWeights(path, SafetensorsFile.Read(path));
        weights.Check(layers);
        return weights;
    }

    /// <summary>A fresh copy of one tensor's values, row-major.</summary>
    public double[] Get(LayerSpec layer, string parameter) =>
        Array.ConvertAll(file[$"{layer.Name}.{parameter}"].ToSingles(), value => (double)value);

    /// <summary>A fresh copy of a layer's bias, zeros if it has none.</summary>
    public double[] Bias(LayerShape row, bool stored) => stored ? Get(row.Layer, "bias") : new double[row.Output.Channels];

    private void Check(IReadOnlyList<LayerShape> layers)
    {
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in layers)
            foreach (var parameter in row.Parameters)
            {
                var name = $"{row.Layer.Name}.{parameter.Name}";
                expected.Add(name);
                CheckTensor(name, parameter);
            }
        var unknown = file.Names.Where(name => !expected.Contains(name)).ToList();
        if (unknown.Count > 0)
            throw new InvalidDataException(
                $"{Path}: unknown tensor {string.Join(", ", unknown)}, expected only {string.Join(", ", expected)}");
    }

    private void CheckTensor(string name, ParameterSpec parameter)
    {
        var tensor = file[name];
        if (tensor.Type != TensorType.F32 || !tensor.Shape.SequenceEqual(parameter.Shape))
            throw new InvalidDataException($"{Path}: tensor \"{name}\" is {tensor}, expected F32 {string.Join('×', parameter.Shape)}");
        var values = tensor.ToSingles();
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        if (bad >= 0)
            throw new InvalidDataException(
                $"{Path}: tensor \"{name}\" holds {values[bad]} at {bad}, expected finite numbers: the training diverged");
    }
}
