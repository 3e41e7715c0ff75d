using System.ComponentModel;
using System.Text.Json.Serialization;

namespace LeNetServe.Specs;

/// <summary>
/// Pooling: C×H×W → C×H′×W′. Without <see cref="Stride"/> and <see cref="Padding"/>, adjacent windows divide height and width. Otherwise
/// H′ = (H + 2·padding − size)/stride + 1, rounded down.
/// </summary>
public record PoolingSpec : LayerSpec
{
    /// <summary>Maximum or mean.</summary>
    public PoolingKind Kind { get; init; } = PoolingKind.Max;

    /// <summary>Side of the square window, in pixels.</summary>
    public int Size { get; init; } = 2;

    /// <summary>Pixels from one window to the next, down and across; null: the window's side.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Stride { get; init; }

    /// <summary>
    /// Rows and columns around the input, at most half the window's side. A maximum ignores them; a mean counts them as zeros, as in torch.
    /// </summary>
    [DefaultValue(0)]
    public int Padding { get; init; }

    /// <summary>Pixels from one window to the next.</summary>
    [JsonIgnore]
    public int Step => Stride ?? Size;

    /// <inheritdoc/>
    public override string Summary => $"{(Kind == PoolingKind.Max ? "max" : "mean")}, {Size}×{Size}/{Step}{PaddingSummary(Padding)}";

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        RequirePositive(Size, "size");
        return Stride is null && Padding == 0 && (input.Height % Size != 0 || input.Width % Size != 0)
            ? Reject(input, $"expected height and width divisible by {Size}")
            : Windows(input, input.Channels, Size, Step, Padding, largestPadding: Size / 2);
    }

    /// <inheritdoc/>
    public override long Connections(TensorShape input) => (long)OutputShape(input).Count * Size * Size;
}
