using System.ComponentModel;
using System.Text.Json.Serialization;

namespace LeNetServe.Specs;

/// <summary>
/// A convolution: C×H×W → Maps×H′×W′ with H′ = (H + 2·padding − k)/stride + 1, rounded down. A kernel that covers the whole unpadded input
/// makes it a dense layer.
/// </summary>
public record ConvolutionSpec : LayerSpec
{
    /// <summary>Number of output maps.</summary>
    public required int Maps { get; init; }

    /// <summary>Side k of the square kernel, in pixels.</summary>
    public required int Kernel { get; init; }

    /// <summary>Pixels from one window to the next, down and across.</summary>
    [DefaultValue(1)]
    public int Stride { get; init; } = 1;

    /// <summary>
    /// Rows and columns of zeros around the input, fewer than the kernel's. Zero is the mean of normalized pixels. With padding at the
    /// first layer, an exported model therefore normalizes its input in nodes of its own.
    /// </summary>
    [DefaultValue(0)]
    public int Padding { get; init; }

    /// <summary>Off before a batch norm, whose own bias makes this one redundant.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>
    /// For each output map the input maps that feed it; null: all. The stored weight stays dense, out×in×k×k, with exact zeros for
    /// missing connections.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<int>>? InputMaps { get; init; }

    /// <inheritdoc/>
    public override string Summary
    {
        get
        {
            var stride = Stride == 1 ? "" : $"/{Stride}";
            return $"{Maps} maps, {Kernel}×{Kernel}{stride}{PaddingSummary(Padding)}{(InputMaps is null ? "" : ", connection table")}";
        }
    }

    /// <summary>True if the kernel covers the whole unpadded input; the output is then a vector.</summary>
    public bool CoversWhole(TensorShape input) => Padding == 0 && input.Height == Kernel && input.Width == Kernel;

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        RequirePositive(Maps, "maps");
        RequirePositive(Kernel, "kernel");
        var output = Windows(input, Maps, Kernel, Stride, Padding, largestPadding: Kernel - 1);
        CheckInputMaps(input);
        return output;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters(TensorShape input)
    {
        var weight = new ParameterSpec("weight", [Maps, input.Channels, Kernel, Kernel], Kernels(input) * Kernel * Kernel);
        return Bias ? [weight, ParameterSpec.Trainable("bias", Maps)] : [weight];
    }

    /// <inheritdoc/>
    public override long Connections(TensorShape input) =>
        Positions(input) * ((long)Kernels(input) * Kernel * Kernel + (Bias ? Maps : 0));

    /// <inheritdoc/>
    public override long MultiplyAdds(TensorShape input) => Positions(input) * Kernels(input) * Kernel * Kernel;

    private long Positions(TensorShape input)
    {
        var output = OutputShape(input);
        return output.Height * output.Width;
    }

    private int Kernels(TensorShape input) => InputMaps?.Sum(maps => maps.Count) ?? Maps * input.Channels;

    private void CheckInputMaps(TensorShape input)
    {
        if (InputMaps is null)
            return;
        if (InputMaps.Count != Maps)
            throw new SpecException($"layer {Name}: input_maps has {InputMaps.Count} rows, expected one for each of its {Maps} maps");
        for (var map = 0; map < Maps; map++)
        {
            var row = InputMaps[map] ?? [];
            if (row.Count == 0 || row.Distinct().Count() != row.Count)
                throw RejectRow(map, row, "distinct map numbers, one at least");
            if (row.Any(source => source < 0 || source >= input.Channels))
                throw RejectRow(map, row, $"map numbers 0 to {input.Channels - 1}");
        }
    }

    private SpecException RejectRow(int map, IReadOnlyList<int> row, string expected) =>
        new($"layer {Name}: input_maps row {map} is [{string.Join(", ", row)}], expected {expected}");
}
