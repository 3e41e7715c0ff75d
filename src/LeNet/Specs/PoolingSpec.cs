namespace LeNetServe.Specs;

/// <summary>Pooling over adjacent windows (stride = size): C×H×W → C×H/size×W/size. The size must divide height and width.</summary>
public record PoolingSpec : LayerSpec
{
    /// <summary>Maximum or mean.</summary>
    public PoolingKind Kind { get; init; } = PoolingKind.Max;

    /// <summary>Side of the square window, in pixels.</summary>
    public int Size { get; init; } = 2;

    /// <inheritdoc/>
    public override string Summary => $"{(Kind == PoolingKind.Max ? "max" : "mean")}, {Size}×{Size}/{Size}";

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        RequirePositive(Size, "size");
        return input.Height % Size != 0 || input.Width % Size != 0
            ? Reject(input, $"expected height and width divisible by {Size}")
            : new(input.Channels, input.Height / Size, input.Width / Size);
    }

    /// <inheritdoc/>
    public override long Connections(TensorShape input) => input.Count;
}
