using System.Globalization;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>The failed images that still make a success: a number, or a share of all images.</summary>
/// <param name="Count">The most failed images; without meaning if <paramref name="Percent"/> is set.</param>
/// <param name="Percent">The most failed images in percent of all.</param>
internal readonly record struct ErrorThreshold(long Count, double? Percent)
{
    public bool IsExceededBy(long failed, long images) => Percent is { } percent ? failed * 100.0 > percent * images : failed > Count;

    /// <summary>Gets the line for a run that exceeds the threshold.</summary>
    public string Message(long failed, long images) =>
        $"error: {failed} of {images} {(images == 1 ? "image" : "images")} failed, expected at most {this}; the rows name the errors";

    public static ErrorThreshold Parse(string text)
    {
        if (text.EndsWith('%')
            && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var percent)
            && percent <= 100)
            return new ErrorThreshold(0, percent);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new ErrorThreshold(count, null)
            : throw ExpectedException.Usage(
                $"--error-threshold is '{text}', expected a number of images such as 10, or a share such as 0.5%");
    }

    public override string ToString() => Percent is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent}%") : $"{Count}";
}
