using LeNetServe.Exporter.Layers;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Tests.Layers;

/// <summary>A layer takes the normalization into its weights only if it knows every property of its record.</summary>
public sealed class InputScalingTests : IDisposable
{
    private static readonly InputScaling Scaling = new([0.5, 0.25], [-1, 2]);

    private readonly TemporaryDirectory temporary = new();

    public static TheoryData<string, LayerSpec, string> Layers => new()
    {
        { "convolution", new ConvolutionSpec { Name = "x", Maps = 3, Kernel = 3 }, "Taken" },
        { "strided convolution", new ConvolutionSpec { Name = "x", Maps = 3, Kernel = 3, Stride = 2 }, "Taken" },
        { "padded convolution", new ConvolutionSpec { Name = "x", Maps = 3, Kernel = 3, Padding = 1 }, "Stopped" },
        { "derived convolution", new DilatedConvolution { Name = "x", Maps = 3, Kernel = 3 }, "Stopped" },
        { "dense", new DenseSpec { Name = "x", Units = 3 }, "Taken" },
        { "derived dense", new LowRankDense { Name = "x", Units = 3 }, "Stopped" },
        { "subsampling", new SubsamplingSpec { Name = "x" }, "Taken" },
        { "derived subsampling", new CeilingSubsampling { Name = "x" }, "Stopped" },
        { "pooling", new PoolingSpec { Name = "x" }, "Passed" },
        { "mean", new PoolingSpec { Name = "x", Kind = PoolingKind.Average }, "Passed" },
        { "padded pooling", new PoolingSpec { Name = "x", Padding = 1 }, "Passed" },
        { "padded mean", new PoolingSpec { Name = "x", Kind = PoolingKind.Average, Padding = 1 }, "Stopped" },
        { "derived pooling", new MedianPooling { Name = "x" }, "Stopped" },
        { "activation", new ActivationSpec { Name = "x", Function = ActivationFunction.Relu }, "Stopped" },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Meet_Record_IsTakenOnlyIfKnownInFull(string kind, LayerSpec layer, string fate)
    {
        Assert.True(Create(layer).Meet(Scaling).ToString() == fate, kind);
    }

    [Fact]
    public void FoldInto_TwoChannels_ScalesWeightsAndMovesShiftsIntoTheBias()
    {
        double[] weight = [1, 2, 3, 4, 5, 6, 7, 8];
        double[] bias = [10, 20];

        Scaling.FoldInto(weight, bias);

        Assert.Equal([0.5, 1, 0.75, 1, 2.5, 3, 1.75, 2], weight);
        Assert.Equal([10 - 1 - 2 + 6 + 8, 20 - 5 - 6 + 14 + 16], bias);
    }

    [Fact]
    public void From_MeanAndDeviation_GivesNormalizedValues()
    {
        var scaling = InputScaling.From(new([10], [4]), 1);

        Assert.Equal((30 - 10) / 4.0, 30 * scaling.Scale[0] + scaling.Shift[0]);
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(1, double.NaN)]
    [InlineData(2, 1.0)]
    public void From_ImpossibleDeviation_IsRefused(int channels, double deviation) =>
        Assert.Throws<InvalidDataException>(() => InputScaling.From(new([0], [deviation]), channels));

    public void Dispose() => temporary.Dispose();

    /// <summary>A derived record has no class; the class of its base sees it as a property added to the base.</summary>
    private ExportedLayer Create(LayerSpec layer)
    {
        var input = new TensorShape(2, 8, 8);
        var row = new LayerShape(layer, input, layer.OutputShape(input));
        var weights = TestRuns.Weights(temporary["weights.safetensors"], row);
        return layer switch
        {
            ConvolutionSpec convolution => new Convolution(convolution, row, weights),
            DenseSpec dense => new Dense(dense, row, weights),
            SubsamplingSpec subsampling => new Subsampling(subsampling, row, weights),
            PoolingSpec pooling => new Pooling(pooling, row),
            _ => ExportedLayer.Of(row, weights),
        };
    }

    private sealed record DilatedConvolution : ConvolutionSpec;

    private sealed record LowRankDense : DenseSpec;

    private sealed record CeilingSubsampling : SubsamplingSpec;

    private sealed record MedianPooling : PoolingSpec;
}
