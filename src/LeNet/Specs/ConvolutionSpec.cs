using System.Text.Json.Serialization;

namespace LeNetServe.Specs;

/// <summary>An unpadded convolution with stride 1: C×H×W → Maps×(H−k+1)×(W−k+1). Where the kernel covers the whole input it is a dense layer.</summary>
public record ConvolutionSpec : LayerSpec
{
    /// <summary>Number of output maps.</summary>
    public required int Maps { get; init; }

    /// <summary>Side k of the square kernel, in pixels.</summary>
    public required int Kernel { get; init; }

    /// <summary>Off where a batch norm follows, whose own bias makes this one redundant.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>
    /// For each output map the input maps that feed it; null: all. The stored weight stays dense, out×in×k×k, with exact zeros where
    /// there is no connection.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<int>>? InputMaps { get; init; }

    /// <inheritdoc/>
    public override string Summary => $"{Maps} maps, {Kernel}×{Kernel}{(InputMaps is null ? "" : ", connection table")}";

    /// <summary>The kernel covers the whole input, so the output is a vector.</summary>
    public bool CoversWhole(TensorShape input) => input.Height == Kernel && input.Width == Kernel;

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        RequirePositive(Maps, "maps");
        RequirePositive(Kernel, "kernel");
        if (input.Height < Kernel || input.Width < Kernel)
            return Reject(input, $"expected at least {Kernel}×{Kernel} pixels");
        CheckInputMaps(input);
        return new(Maps, input.Height - Kernel + 1, input.Width - Kernel + 1);
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
                throw new SpecException($"layer {Name}: input_maps row {map} is [{string.Join(", ", row)}], expected distinct map numbers, one at least");
            if (row.Any(source => source < 0 || source >= input.Channels))
                throw new SpecException($"layer {Name}: input_maps row {map} is [{string.Join(", ", row)}], expected map numbers 0 to {input.Channels - 1}");
        }
    }
}
