using LeNetServe.Specs;

namespace LeNetServe.Tests.Specs;

public sealed class LeNetSpecTests
{
    [Fact]
    public void Trace_1998_HasTheCountsOfThePaperLayerByLayer()
    {
        var rows = Variants.Create("lenet5-1998", 1, 10).Trace().ToDictionary(row => row.Layer.Name);

        // LeCun et al. 1998, section II-B: trainable parameters and connections.
        (string Layer, string Output, int Parameters, long Connections)[] paper =
        [
            ("C1", "6@28×28", 156, 122_304),
            ("S2", "6@14×14", 12, 5_880),
            ("C3", "16@10×10", 1_516, 151_600),
            ("S4", "16@5×5", 32, 2_000),
            ("C5", "120", 48_120, 48_120),
            ("F6", "84", 10_164, 10_164),
            ("output", "10", 0, 840),
        ];
        foreach (var (layer, output, parameters, connections) in paper)
        {
            var row = rows[layer];
            Assert.Equal((output, parameters, connections), (row.Output.ToString(), row.TrainableParameters, row.Connections));
        }
    }

    [Fact]
    public void Counts_1998_AreThePapersSums()
    {
        var spec = Variants.Create("lenet5-1998", 1, 10);

        Assert.Equal((60_000, 340_908L), (spec.TrainableParameters, spec.Connections));
    }

    [Fact]
    public void Trace_KernelLargerThanItsInput_NamesTheLayer() => Rejects(
        "layer C5 (120 maps, 6×6) cannot take 16@5×5: expected at least 6×6 pixels",
        spec => With(spec, "C5", layer => ((ConvolutionSpec)layer) with { Kernel = 6 }));

    [Fact]
    public void Trace_WindowDoesNotDivide_NamesTheLayer() => Rejects(
        "layer S2 (max, 3×3/3) cannot take 6@28×28: expected height and width divisible by 3",
        spec => With(spec, "S2", layer => ((PoolingSpec)layer) with { Size = 3 }));

    [Theory]
    [InlineData(5, 1, 2, "6@32×32", 6 * 32 * 32 * 26)]
    [InlineData(5, 2, 0, "6@14×14", 6 * 14 * 14 * 26)]
    [InlineData(4, 3, 1, "6@11×11", 6 * 11 * 11 * 17)]
    public void OutputShape_StridedConvolution_IsTorchs(int kernel, int stride, int padding, string expected, long connections)
    {
        var layer = new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = kernel, Stride = stride, Padding = padding };

        Assert.Equal((expected, connections), (layer.OutputShape(new(1, 32, 32)).ToString(), layer.Connections(new(1, 32, 32))));
    }

    [Theory]
    [InlineData(3, 2, 0, "6@13×13")]
    [InlineData(3, 2, 1, "6@14×14")]
    [InlineData(3, null, 1, "6@9×9")]
    [InlineData(2, 3, 0, "6@9×9")]
    public void OutputShape_StridedPoolingOfOddSize_IsTorchs(int size, int? stride, int padding, string expected)
    {
        var layer = new PoolingSpec { Name = "S2", Size = size, Stride = stride, Padding = padding };

        Assert.Equal(expected, layer.OutputShape(new(6, 27, 27)).ToString());
    }

    [Fact]
    public void Trace_StrideOfZero_NamesTheLayer() => Rejects(
        "layer C1: stride is 0, expected 1 to 16384",
        spec => With(spec, "C1", layer => ((ConvolutionSpec)layer) with { Stride = 0 }));

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void Trace_PaddingAsLargeAsTheKernel_NamesTheLayer(int padding) => Rejects(
        $"layer C1: padding is {padding}, expected 0 to 4",
        spec => With(spec, "C1", layer => ((ConvolutionSpec)layer) with { Padding = padding }));

    [Fact]
    public void Trace_PaddingOverHalfTheWindow_NamesTheLayer() => Rejects(
        "layer S2: padding is 2, expected 0 to 1",
        spec => With(spec, "S2", layer => ((PoolingSpec)layer) with { Padding = 2 }));

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(int.MaxValue)]
    public void Trace_AbsurdNumberOfMaps_NamesTheLayer(int maps) => Rejects(
        $"layer C1: maps is {maps}, expected 1 to 16384",
        spec => With(spec, "C1", layer => ((ConvolutionSpec)layer) with { Maps = maps }));

    [Fact]
    public void Trace_TableHasTooFewRows_NamesTheLayer() => Rejects(
        "layer C3: input_maps has 1 rows, expected one for each of its 16 maps",
        spec => With(spec, "C3", layer => ((ConvolutionSpec)layer) with { InputMaps = [[0, 1]] }));

    [Fact]
    public void Trace_TableNamesAMissingMap_NamesTheLayer() => Rejects(
        "layer C3: input_maps row 15 is [0, 6], expected map numbers 0 to 5",
        spec => With(spec, "C3", layer => ((ConvolutionSpec)layer) with { InputMaps = [.. Variants.C3Table.Take(15), [0, 6]] }));

    [Fact]
    public void Trace_OutputsDifferFromClasses_NamesTheLayer() => Rejects(
        "layer softmax gives 10 values, expected one for each of the 7 classes",
        spec => spec with { Classes = 7 });

    [Fact]
    public void Trace_SameNameTwice_NamesIt() => Rejects(
        "layer S2 occurs twice, expected unique names",
        spec => With(spec, "S4", layer => layer with { Name = "S2" }));

    [Fact]
    public void Trace_BatchNormAfterPooling_NamesBoth() => Rejects(
        "layer norm is a batch norm that follows S2, expected a convolution or a dense layer before it",
        spec => spec with { Layers = [.. spec.Layers.Take(3), new BatchNormSpec { Name = "norm" }, .. spec.Layers.Skip(3)] });

    [Fact]
    public void Trace_NoSoftmax_NamesTheLast() => Rejects(
        "the last layer is output, expected a softmax",
        spec => spec with { Layers = [.. spec.Layers.SkipLast(1)] });

    [Fact]
    public void Trace_EmptyNetwork_IsRefused() => Rejects(
        "the last layer is missing, expected a softmax",
        spec => spec with { Layers = [] });

    [Fact]
    public void Trace_NameWithAPoint_IsRefused() => Rejects(
        "layer 0: name is \"C.1\", expected a word",
        spec => With(spec, "C1", layer => layer with { Name = "C.1" }));

    private static void Rejects(string expected, Func<LeNetSpec, LeNetSpec> change) =>
        Assert.Contains(expected, Assert.Throws<SpecException>(() => change(Variants.Create("lenet5", 1, 10)).Trace()).Message);

    private static LeNetSpec With(LeNetSpec spec, string name, Func<LayerSpec, LayerSpec> change) =>
        spec with { Layers = [.. spec.Layers.Select(layer => layer.Name == name ? change(layer) : layer)] };
}
