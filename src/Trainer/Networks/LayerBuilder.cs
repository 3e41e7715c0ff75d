using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LeNetServe.Trainer.Networks;

/// <summary>Makes torch functions of layer records: one small method per record.</summary>
internal sealed class LayerBuilder
{
    private readonly Network network;

    private LayerBuilder(Network network) => this.network = network;

    /// <summary>The layers up to the logits: the loss contains the softmax.</summary>
    public static IEnumerable<Layer> Build(LeNetSpec spec, Network network)
    {
        var builder = new LayerBuilder(network);
        return spec.Trace().Where(row => row.Layer is not SoftmaxSpec).Select(builder.Build);
    }

    private Layer Build(LayerShape row) => row.Layer switch
    {
        ConvolutionSpec convolution when convolution.CoversWhole(row.Input) => DenseConvolution(convolution),
        ConvolutionSpec convolution => Convolution(convolution, row.Input),
        BatchNormSpec norm => BatchNorm(norm),
        ActivationSpec activation => Activation(activation),
        PoolingSpec pooling => Pooling(pooling),
        SubsamplingSpec subsampling => Subsampling(subsampling, row.Input),
        DenseSpec dense => Dense(dense),
        DropoutSpec dropout => Dropout(dropout),
        RbfSpec rbf => Rbf(rbf),
        _ => throw new SpecException($"layer {row.Layer.Name} ({row.Layer.GetType().Name}) cannot be trained"),
    };

    private Layer Convolution(ConvolutionSpec layer, TensorShape input)
    {
        var (weight, bias) = (network[$"{layer.Name}.weight"], layer.Bias ? network[$"{layer.Name}.bias"] : null);
        if (layer.InputMaps is null)
            return (x, _) => functional.conv2d(x, weight, bias);
        var mask = ConnectionMask(layer, input.Channels);
        return (x, _) => functional.conv2d(x, weight * mask, bias);
    }

    /// <summary>A kernel as large as its input: the same product as a dense layer, several times faster than as a convolution.</summary>
    private Layer DenseConvolution(ConvolutionSpec layer)
    {
        var (weight, bias) = (network[$"{layer.Name}.weight"], layer.Bias ? network[$"{layer.Name}.bias"] : null);
        if (layer.InputMaps is null)
            return (x, _) => functional.linear(x.flatten(1), weight.flatten(1), bias);
        var mask = ConnectionMask(layer, (int)weight.shape[1]);
        return (x, _) => functional.linear(x.flatten(1), (weight * mask).flatten(1), bias);
    }

    private Layer BatchNorm(BatchNormSpec layer)
    {
        var (weight, bias) = (network[$"{layer.Name}.weight"], network[$"{layer.Name}.bias"]);
        var (mean, variance) = (network[$"{layer.Name}.running_mean"], network[$"{layer.Name}.running_var"]);
        return (x, pass) => functional.batch_norm(x, mean, variance, weight, bias, pass.Training, layer.Momentum, layer.Epsilon);
    }

    private static Layer Activation(ActivationSpec layer) => layer.Function switch
    {
        ActivationFunction.Relu => (x, _) => x.relu(),
        ActivationFunction.Tanh => (x, _) => x.tanh(),
        ActivationFunction.Silu => (x, _) => functional.silu(x),
        ActivationFunction.ScaledTanh => (x, _) => x.mul(Number.Of(ActivationSpec.ScaledTanhSlope)).tanh_().mul(Number.Of(ActivationSpec.ScaledTanhAmplitude)),
        _ => throw new SpecException($"layer {layer.Name}: function {layer.Function} cannot be trained"),
    };

    private static Layer Pooling(PoolingSpec layer) => layer.Kind == PoolingKind.Max
        ? (x, _) => functional.max_pool2d(x, layer.Size)
        : (x, _) => functional.avg_pool2d(x, layer.Size);

    private Layer Subsampling(SubsamplingSpec layer, TensorShape input)
    {
        var weight = network[$"{layer.Name}.weight"];
        var bias = network[$"{layer.Name}.bias"];
        var area = layer.Size * layer.Size;
        return (x, _) => (functional.avg_pool2d(x, layer.Size) * weight.mul(Number.Of(area)).view(1, input.Channels, 1, 1)).add(bias.view(1, input.Channels, 1, 1), Number.Of(1));
    }

    private Layer Dense(DenseSpec layer)
    {
        var (weight, bias) = (network[$"{layer.Name}.weight"], layer.Bias ? network[$"{layer.Name}.bias"] : null);
        return (x, _) => functional.linear(x.flatten(1), weight, bias);
    }

    /// <summary>With a generator of its own for each pass: torch's global one would depend on the order of the threads.</summary>
    private static Layer Dropout(DropoutSpec layer) => (x, pass) =>
    {
        if (!pass.Training || layer.Rate == 0)
            return x;
        using var generator = new Generator(pass.Seed, x.device);
        return x * rand(x.shape, ScalarType.Float32, x.device, generator: generator).ge(Number.Of(layer.Rate)).to_type(ScalarType.Float32).div_(Number.Of(1 - layer.Rate));
    };

    /// <summary>−‖x − w‖² for each centre w, as −x² + 2xw − w²: a matrix product.</summary>
    private Layer Rbf(RbfSpec layer)
    {
        var centers = network[$"{layer.Name}.weight"];
        return (x, _) =>
        {
            var flat = x.flatten(1);
            return flat.matmul(centers.t()).mul(Number.Of(2)) - flat.square().sum(1, keepdim: true) - centers.square().sum(1);
        };
    }

    private Tensor ConnectionMask(ConvolutionSpec layer, int channels)
    {
        var mask = new float[layer.Maps * channels];
        for (var map = 0; map < layer.Maps; map++)
            foreach (var source in layer.InputMaps![map])
                mask[map * channels + source] = 1;
        return network.Keep(tensor(mask, [layer.Maps, channels, 1, 1], ScalarType.Float32, network.Gradient.device));
    }
}
