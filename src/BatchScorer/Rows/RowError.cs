namespace LeNetServe.BatchScorer.Rows;

/// <summary>The reason why an image has no score.</summary>
/// <param name="Kind">
/// A stable word: <c>unreadable</c>, <c>unknown_format</c>, <c>truncated</c>, <c>damaged</c>, <c>too_large</c>,
/// <c>wrong_size</c>, <c>not_finite</c> or <c>unknown</c>.
/// </param>
/// <param name="Text">The fault: found and expected.</param>
internal sealed record RowError(string Kind, string Text)
{
    /// <summary>The file, folder or archive cannot be opened or read.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The model's output for the image is NaN or infinite.</summary>
    public const string NotFinite = "not_finite";

    /// <summary>The image is not like those of training, and such images are rejected.</summary>
    public const string Unknown = "unknown";
}
