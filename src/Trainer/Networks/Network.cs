using LeNetServe.Datasets;
using LeNetServe.Specs;
using LeNetServe.Trainer.Kernels;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Networks;

/// <summary>
/// A network over the values of a <see cref="ParameterStore"/>, with gradients and running statistics of its own: several of them compute
/// parts of a batch side by side on the same weights.
/// </summary>
internal sealed class Network : IDisposable
{
    private readonly NetworkParameters parameters;
    private readonly Layer[] layers;
    private readonly ConvolutionFront? front;
    private readonly ScalarType type;
    private readonly Tensor mean;
    private readonly Tensor deviation;

    /// <param name="store">The weights.</param>
    /// <param name="normalization">Mean and deviation of the raw pixels.</param>
    /// <param name="kernels">Use the project's own kernels when they fit; otherwise every layer is torch's.</param>
    /// <param name="type">
    /// The type to compute with; another one than float32 is for torch's layers only. Each layer's values are rounded to float32.
    /// </param>
    /// <param name="last">Name of the layer whose values to give instead of the logits; null for the logits.</param>
    public Network(
        ParameterStore store, Normalization normalization, bool kernels = true, ScalarType type = ScalarType.Float32,
        string? last = null)
    {
        using var scope = NewDisposeScope();
        Store = store;
        this.type = type;
        parameters = new(store, type);
        mean = PerChannel(normalization.Mean);
        deviation = PerChannel(normalization.Deviation);
        var trace = store.Spec.Trace();
        LayerShape[] rows = [.. trace.Take(last is null ? trace.Count : trace.Select(row => row.Layer.Name).ToList().IndexOf(last) + 1)];
        front = kernels ? ConvolutionFront.TryCreate(parameters, normalization, rows) : null;
        layers = [.. rows.Skip(front?.Layers ?? 0).Select(row => TrainedLayer.Of(row).Build(parameters))];
    }

    /// <summary>The weights.</summary>
    public ParameterStore Store { get; }

    /// <inheritdoc cref="NetworkParameters.Gradient"/>
    public Tensor Gradient => parameters.Gradient;

    /// <inheritdoc cref="NetworkParameters.Constant"/>
    public Tensor Constant => parameters.Constant;

    /// <summary>A parameter by its name.</summary>
    public Tensor this[string name] => parameters[name];

    /// <summary>
    /// Logits, B×classes, or the values of the last layer asked for, of raw pixels, B×C×H×W uint8 or a floating type, 0..255.
    /// </summary>
    public Tensor Forward(Tensor pixels, Pass pass)
    {
        var values = front is null ? Normalize(pixels) : front.Forward(pixels, pass);
        foreach (var layer in layers)
            values = Rounded(layer(values, pass));
        return values;
    }

    /// <summary>The values of every layer for raw pixels, by torch's own operations: a kernel has no values between its layers.</summary>
    public IEnumerable<(LayerShape Row, Tensor Values)> Trace(Tensor pixels)
    {
        var values = Normalize(pixels);
        foreach (var row in Store.Spec.Trace())
        {
            values = TrainedLayer.Of(row).Build(parameters)(values, Pass.Evaluation);
            yield return (row, values);
        }
    }

    /// <summary>Adds the gradient of the last training pass's loss to <see cref="Gradient"/>.</summary>
    public void Backward(Tensor loss)
    {
        loss.backward();
        front?.Backward();
    }

    public void Dispose()
    {
        front?.Dispose();
        parameters.Dispose();
    }

    // A product of matrices in float64 may round equal sums differently. In float32 equal maxima are equal again, as in the exported file.
    private Tensor Rounded(Tensor values) => type == ScalarType.Float32 ? values : values.to_type(ScalarType.Float32).to_type(type);

    private Tensor Normalize(Tensor pixels) => pixels.sub(mean).div_(deviation);

    private Tensor PerChannel(IReadOnlyList<double> values) => parameters.Keep(
        tensor(values.Select(value => (float)value).ToArray(), [1, values.Count, 1, 1], ScalarType.Float32, parameters.Device));
}
