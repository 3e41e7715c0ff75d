namespace LeNetServe.Specs;

/// <summary>
/// The paper's trainable subsampling: the SUM of a size×size window times one coefficient plus one bias per map (LeCun et al. 1998,
/// section II-B). A squashing function follows as its own layer.
/// </summary>
public record SubsamplingSpec : LayerSpec
{
    /// <summary>Side of the square window, in pixels.</summary>
    public int Size { get; init; } = 2;

    /// <inheritdoc/>
    public override string Summary => $"sum, coefficient and bias, {Size}×{Size}/{Size}";

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        RequirePositive(Size, "size");
        return input.Height % Size != 0 || input.Width % Size != 0
            ? Reject(input, $"expected height and width divisible by {Size}")
            : new(input.Channels, input.Height / Size, input.Width / Size);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters(TensorShape input) =>
        [ParameterSpec.Trainable("weight", input.Channels), ParameterSpec.Trainable("bias", input.Channels)];

    /// <inheritdoc/>
    public override long Connections(TensorShape input) => (long)OutputShape(input).Count * (Size * Size + 1);

    /// <inheritdoc/>
    public override long MultiplyAdds(TensorShape input) => OutputShape(input).Count;
}
