using LeNetServe.Randomness;
using LeNetServe.Specs;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Layers;

/// <summary>A convolution. A kernel as large as its input is computed as a dense layer: the same product, several times faster.</summary>
internal sealed class Convolution(ConvolutionSpec layer, TensorShape input) : TrainedLayer
{
    /// <inheritdoc/>
    public override Layer Build(NetworkParameters parameters)
    {
        var weight = parameters[$"{layer.Name}.weight"];
        var bias = layer.Bias ? parameters[$"{layer.Name}.bias"] : null;
        var mask = layer.InputMaps is { } table ? parameters.Keep(ConnectionMask(table, parameters.Device)) : null;
        Tensor Kernels() => mask is null ? weight : weight * mask;
        return layer.CoversWhole(input)
            ? (x, _) => functional.linear(x.flatten(1), Kernels().flatten(1), bias)
            : (x, _) => functional.conv2d(x, Kernels(), bias, [layer.Stride, layer.Stride], [layer.Padding, layer.Padding]);
    }

    /// <inheritdoc/>
    public override void Initialize(string parameter, InitialBounds bounds, ref SplitMix64 random, Span<float> values)
    {
        var kernel = layer.Kernel * layer.Kernel;
        if (parameter == "weight" && layer.InputMaps is { } table)
        {
            for (var map = 0; map < table.Count; map++)
                foreach (var source in table[map])
                    bounds.Fill(table[map].Count * kernel, ref random, values.Slice((map * input.Channels + source) * kernel, kernel));
        }
        else
        {
            bounds.Fill(input.Channels * kernel, ref random, values);
        }
    }

    private Tensor ConnectionMask(IReadOnlyList<IReadOnlyList<int>> table, Device device)
    {
        var mask = new float[layer.Maps * input.Channels];
        for (var map = 0; map < layer.Maps; map++)
            foreach (var source in table[map])
                mask[map * input.Channels + source] = 1;
        return tensor(mask, [layer.Maps, input.Channels, 1, 1], ScalarType.Float32, device);
    }
}
