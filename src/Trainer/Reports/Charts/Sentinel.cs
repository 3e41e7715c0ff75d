using System.Text.RegularExpressions;
using ScottPlot;

namespace LeNetServe.Trainer.Reports.Charts;

/// <summary>Colours that stand for the page's CSS variables while a drawing library holds them.</summary>
internal static partial class Sentinel
{
    /// <summary>Colours of the palette.</summary>
    public const int Count = 8;

    /// <summary>Grid lines.</summary>
    public static Color Grid { get; } = new(0x01, 0x2F, 0xB7);

    /// <summary>The palette's colour of that index, which wraps around.</summary>
    public static Color Series(int index) => new(0x01, (byte)(0x30 + index % Count), 0xB7);

    /// <summary>Puts the variables in the place of the sentinels.</summary>
    public static string Restore(string svg) => Pattern().Replace(
        svg.Replace("#012FB7", "var(--grid)", StringComparison.Ordinal), match => $"var(--s{match.Groups[1].Value})");

    [GeneratedRegex("#013([0-7])B7")]
    private static partial Regex Pattern();
}
