using LeNetServe.Specs;
using LeNetServe.Tensors;

namespace LeNetServe.Exporter.Fold;

/// <summary>The trained tensors of a network, checked against its specification.</summary>
internal sealed class TrainedWeights
{
    private readonly SafetensorsFile file;

    private TrainedWeights(string path, SafetensorsFile file) => (Path, this.file) = (path, file);

    /// <summary>The file they come from.</summary>
    public string Path { get; }

    /// <summary>Reads a weights file.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, unknown, of another type or shape, holds a value that is no number, or breaks the connection table.</exception>
    public static TrainedWeights Read(string path, LeNetSpec spec) => Check(new(path, SafetensorsFile.Read(path)), spec);

    /// <summary>A fresh copy of one tensor's values, row-major.</summary>
    public double[] Get(LayerSpec layer, string parameter) => [.. file[$"{layer.Name}.{parameter}"].ToSingles().Select(value => (double)value)];

    private static TrainedWeights Check(TrainedWeights weights, LeNetSpec spec)
    {
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in spec.Trace())
        {
            foreach (var parameter in row.Parameters)
            {
                var name = $"{row.Layer.Name}.{parameter.Name}";
                expected.Add(name);
                weights.CheckTensor(name, parameter);
            }
            if (row.Layer is ConvolutionSpec { InputMaps: not null } convolution)
                weights.CheckConnections(convolution, row.Input.Channels);
            if (row.Layer is RbfSpec rbf)
                weights.CheckCenters(rbf);
        }
        var unknown = weights.file.Names.Where(name => !expected.Contains(name)).ToList();
        return unknown.Count == 0
            ? weights
            : throw new InvalidDataException($"{weights.Path}: unknown tensor {string.Join(", ", unknown)}, expected only {string.Join(", ", expected)}");
    }

    private void CheckTensor(string name, ParameterSpec parameter)
    {
        var tensor = file[name];
        if (tensor.Type != TensorType.F32 || !tensor.Shape.SequenceEqual(parameter.Shape))
            throw new InvalidDataException($"{Path}: tensor \"{name}\" is {tensor}, expected F32 {string.Join('×', parameter.Shape)}");
        var values = tensor.ToSingles();
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        if (bad >= 0)
            throw new InvalidDataException($"{Path}: tensor \"{name}\" holds {values[bad]} at {bad}, expected finite numbers: the training diverged");
    }

    private void CheckConnections(ConvolutionSpec layer, int channels)
    {
        var values = file[$"{layer.Name}.weight"].ToSingles();
        var size = layer.Kernel * layer.Kernel;
        for (var map = 0; map < layer.Maps; map++)
            for (var source = 0; source < channels; source++)
                if (!layer.InputMaps![map].Contains(source) && values.AsSpan((map * channels + source) * size, size).ContainsAnyExcept(0f))
                    throw new InvalidDataException($"{Path}: tensor \"{layer.Name}.weight\" connects map {map} with input map {source}, expected zeros: the connection table has no such connection");
    }

    private void CheckCenters(RbfSpec layer)
    {
        var values = file[$"{layer.Name}.weight"].ToSingles();
        var centers = layer.Centers.SelectMany(row => row).Select(value => (float)value).ToArray();
        if (!values.AsSpan().SequenceEqual(centers))
            throw new InvalidDataException($"{Path}: tensor \"{layer.Name}.weight\" differs from the centres in the specification, expected the same ±1 values");
    }
}
