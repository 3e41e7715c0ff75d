using LeNetServe.Datasets;
using LeNetServe.Exporter.Layers;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Proof;

/// <summary>
/// The trained network computed layer by layer in double precision, as the specification says and with nothing folded: an oracle that
/// shares no code with the export. Slow, and meant to be read. The values before the softmax are divided by the temperature.
/// </summary>
internal sealed class ReferenceNetwork(LeNetSpec spec, TrainedWeights weights, Normalization normalization, double temperature = 1)
{
    private readonly IReadOnlyList<LayerShape> rows = spec.Trace();

    /// <summary>The values of every layer for one image, C×H×W each, in the order of the layers.</summary>
    /// <param name="pixels">Raw pixels 0..255, C×H×W.</param>
    public IReadOnlyList<double[]> Run(ReadOnlySpan<byte> pixels) => Run(Array.ConvertAll(pixels.ToArray(), pixel => (double)pixel));

    /// <inheritdoc cref="Run(ReadOnlySpan{byte})"/>
    public IReadOnlyList<double[]> Run(double[] pixels)
    {
        var area = spec.Input.Height * spec.Input.Width;
        var values = pixels
            .Select((pixel, index) => (pixel - normalization.Mean[index / area]) / normalization.Deviation[index / area]).ToArray();
        var results = new List<double[]>(rows.Count);
        foreach (var row in rows)
        {
            values = Apply(row, values);
            if (results.Count == rows.Count - 2)
                values = Array.ConvertAll(values, value => value / temperature);
            results.Add(values);
        }
        return results;
    }

    private double[] Apply(LayerShape row, double[] x) => row.Layer switch
    {
        ConvolutionSpec layer => Convolution(layer, row, x),
        BatchNormSpec layer => BatchNorm(layer, row, x),
        ActivationSpec layer => Array.ConvertAll(x, value => Squash(layer.Function, value)),
        PoolingSpec layer => Windows(row, layer.Size, layer.Step, layer.Padding, x, (window, _) =>
            layer.Kind == PoolingKind.Max ? window.Max() : window.Sum() / (layer.Size * layer.Size)),
        SubsamplingSpec layer => Subsampling(layer, row, x),
        DenseSpec layer => Dense(layer, row, x),
        DropoutSpec => x,
        RbfSpec layer => [.. layer.Centers.Select(center => -center.Zip(x, (w, value) => (value - w) * (value - w)).Sum())],
        SoftmaxSpec => Softmax(x),
        _ => throw new SpecException($"layer {row.Layer.Name}: no reference for {row.Layer.GetType().Name}"),
    };

    private double[] Convolution(ConvolutionSpec layer, LayerShape row, double[] x)
    {
        var input = row.Input;
        var output = row.Output;
        var k = layer.Kernel;
        var weight = weights.Get(layer, "weight");
        var bias = layer.Bias ? weights.Get(layer, "bias") : new double[layer.Maps];
        var y = new double[output.Count];
        for (var map = 0; map < output.Channels; map++)
            for (var top = 0; top < output.Height; top++)
                for (var left = 0; left < output.Width; left++)
                {
                    var sum = bias[map];
                    for (var channel = 0; channel < input.Channels; channel++)
                        for (var v = 0; v < k; v++)
                            for (var u = 0; u < k; u++)
                                sum += weight[((map * input.Channels + channel) * k + v) * k + u]
                                    * Pixel(top * layer.Stride - layer.Padding + v, left * layer.Stride - layer.Padding + u, channel);
                    y[(map * output.Height + top) * output.Width + left] = sum;
                }
        return y;

        double Pixel(int vertical, int horizontal, int channel) =>
            vertical >= 0 && vertical < input.Height && horizontal >= 0 && horizontal < input.Width
                ? x[(channel * input.Height + vertical) * input.Width + horizontal]
                : 0;
    }

    private double[] BatchNorm(BatchNormSpec layer, LayerShape row, double[] x)
    {
        var gamma = weights.Get(layer, "weight");
        var beta = weights.Get(layer, "bias");
        var mean = weights.Get(layer, "running_mean");
        var variance = weights.Get(layer, "running_var");
        var area = row.Input.Height * row.Input.Width;
        return [.. x.Select((value, index) => Normalize(value, index / area))];

        double Normalize(double value, int map) => gamma[map] * (value - mean[map]) / Math.Sqrt(variance[map] + layer.Epsilon) + beta[map];
    }

    private double[] Subsampling(SubsamplingSpec layer, LayerShape row, double[] x)
    {
        var coefficient = weights.Get(layer, "weight");
        var bias = weights.Get(layer, "bias");
        return Windows(row, layer.Size, layer.Size, 0, x, (window, map) => window.Sum() * coefficient[map] + bias[map]);
    }

    private double[] Dense(DenseSpec layer, LayerShape row, double[] x)
    {
        var weight = weights.Get(layer, "weight");
        var bias = layer.Bias ? weights.Get(layer, "bias") : new double[row.Output.Channels];
        return [.. bias.Select((start, unit) => start + x.Select((value, index) => value * weight[unit * x.Length + index]).Sum())];
    }

    /// <summary>Reduces the pixels of every window that lie inside the input.</summary>
    private static double[] Windows(
        LayerShape row, int size, int step, int padding, double[] x, Func<IReadOnlyList<double>, int, double> reduce)
    {
        var input = row.Input;
        var output = row.Output;
        var y = new double[output.Count];
        var window = new List<double>();
        for (var index = 0; index < y.Length; index++)
        {
            window.Clear();
            var map = index / (output.Height * output.Width);
            var top = index / output.Width % output.Height * step - padding;
            var left = index % output.Width * step - padding;
            for (var v = Math.Max(0, top); v < Math.Min(input.Height, top + size); v++)
                for (var u = Math.Max(0, left); u < Math.Min(input.Width, left + size); u++)
                    window.Add(x[(map * input.Height + v) * input.Width + u]);
            y[index] = reduce(window, map);
        }
        return y;
    }

    private static double Squash(ActivationFunction function, double value) => function switch
    {
        ActivationFunction.Relu => Math.Max(0, value),
        ActivationFunction.Tanh => Math.Tanh(value),
        ActivationFunction.ScaledTanh => ActivationSpec.ScaledTanhAmplitude * Math.Tanh(ActivationSpec.ScaledTanhSlope * value),
        ActivationFunction.Silu => value / (1 + Math.Exp(-value)),
        _ => throw new SpecException($"no reference for the function {function}"),
    };

    private static double[] Softmax(double[] x)
    {
        var largest = x.Max();
        var exponentials = Array.ConvertAll(x, value => Math.Exp(value - largest));
        var sum = exponentials.Sum();
        return Array.ConvertAll(exponentials, value => value / sum);
    }
}
