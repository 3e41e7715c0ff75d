using System.Globalization;
using LeNetServe.Imaging;
using LeNetServe.Specs;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>An image and its answer. It has nothing of the caller.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Label">The best class.</param>
/// <param name="Probability">The probability of the best class.</param>
/// <param name="Novelty">The image's novelty; null if the model has none.</param>
/// <param name="Shape">The shape of the pixels: 1 or 3 channels.</param>
/// <param name="Pixels">The pixels that the model got, C×H×W.</param>
internal sealed record LoggedImage(
    string Model, long Version, string Label, float Probability, float? Novelty, TensorShape Shape, byte[] Pixels)
{
    private const int LongestText = 40;

    /// <summary>Gets the name of the model's folder.</summary>
    public string Folder => NameOf(Model);

    /// <summary>Gets the PNG of the pixels.</summary>
    public byte[] Encode() => PngFile.Encode(Pixels, Shape);

    /// <summary>
    /// Gets the name of the file, <c>TIME-NUMBER_VERSION_LABEL_PROBABILITY_NOVELTY.png</c>: the order of the names is that of the times.
    /// </summary>
    /// <param name="time">The time of the writing.</param>
    /// <param name="number">A number that tells images of the same millisecond apart.</param>
    public string FileName(DateTimeOffset time, long number)
    {
        var novelty = Novelty is { } found ? string.Create(CultureInfo.InvariantCulture, $"_{found:0.###}") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time.UtcDateTime:yyyyMMdd'T'HHmmssfff}Z-{number:000000}_{Version}_{NameOf(Label)}_{Probability:0.0000}{novelty}.png");
    }

    // A label may be any text of a model's file, and must not lead out of the folder.
    private static string NameOf(string text)
    {
        var name = text.Take(LongestText).Select(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-');
        return string.Concat(name).TrimStart('.') is { Length: > 0 } safe ? safe : "-";
    }
}
