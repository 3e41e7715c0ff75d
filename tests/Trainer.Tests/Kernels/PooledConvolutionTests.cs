using LeNetServe.Specs;
using LeNetServe.Trainer.Kernels;

namespace LeNetServe.Trainer.Tests.Kernels;

/// <summary>A kernel replaces only layers that it knows in full.</summary>
public sealed class PooledConvolutionTests
{
    private static readonly LayerSpec[] Known =
    [
        new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 5, Bias = false },
        new BatchNormSpec { Name = "C1_bn", Epsilon = 1e-3 },
        new ActivationSpec { Name = "C1_relu", Function = ActivationFunction.Relu },
        new PoolingSpec { Name = "S2" },
    ];

    /// <summary>Records that differ from a known one by a property of their own or by a value that the kernel does not compute.</summary>
    public static TheoryData<string, LayerSpec> Others => new()
    {
        { "derived convolution", new DilatedConvolution { Name = "C1", Maps = 6, Kernel = 5, Bias = false } },
        { "derived norm", new GroupNorm { Name = "C1_bn" } },
        { "derived activation", new LeakyActivation { Name = "C1_relu", Function = ActivationFunction.Relu } },
        { "derived pooling", new CeilingPooling { Name = "S2" } },
        { "connection table", new ConvolutionSpec { Name = "C1", Maps = 1, Kernel = 5, Bias = false, InputMaps = [[0]] } },
        { "bias before a norm", new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 5 } },
        { "stride", new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 5, Bias = false, Stride = 2 } },
        { "padding", new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 5, Bias = false, Padding = 2 } },
        { "stride of the pooling", new PoolingSpec { Name = "S2", Stride = 1 } },
        { "padding of the pooling", new PoolingSpec { Name = "S2", Padding = 1 } },
        { "larger kernel", new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 7, Bias = false } },
        { "tanh", new ActivationSpec { Name = "C1_relu", Function = ActivationFunction.Tanh } },
        { "mean", new PoolingSpec { Name = "S2", Kind = PoolingKind.Average } },
        { "larger window", new PoolingSpec { Name = "S2", Size = 4 } },
    };

    [Fact]
    public void At_KnownLayers_TakesThemAll()
    {
        var block = PooledConvolution.At(Trace(Known), 0);

        Assert.Equal((4, 0f), (block?.Layers, block?.Floor));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void At_RecordOfAnotherValue_Declines(string difference, LayerSpec other)
    {
        var layers = Known.Select(layer => layer.Name == other.Name ? other : layer);

        Assert.True(PooledConvolution.At(Trace(layers), 0) is null, difference);
    }

    private static List<LayerShape> Trace(IEnumerable<LayerSpec> layers) =>
        [.. layers.Select(layer => new LayerShape(layer, default, default))];

    private sealed record DilatedConvolution : ConvolutionSpec
    {
        public int Dilation { get; init; } = 2;
    }

    private sealed record GroupNorm : BatchNormSpec
    {
        public int Groups { get; init; } = 2;
    }

    private sealed record LeakyActivation : ActivationSpec
    {
        public double Slope { get; init; } = 0.1;
    }

    private sealed record CeilingPooling : PoolingSpec
    {
        public bool Ceiling { get; init; } = true;
    }
}
