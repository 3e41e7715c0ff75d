using System.Text;
using LeNetServe.Datasets;

namespace LeNetServe.Trainer.Data;

/// <summary>The rules that exporter, server and reports have for class names, checked before the work of training.</summary>
internal static class ClassNames
{
    private const int MostCharacters = 256;
    private const int MostBytes = 1 << 20;

    /// <summary>Refuses a data set with a class name that no model could carry.</summary>
    /// <exception cref="InvalidDataException">A name is not one line of text, or names are too long.</exception>
    public static void Require(ImageDataset dataset)
    {
        var name = dataset.Name;
        foreach (var label in dataset.Labels)
        {
            if (string.IsNullOrWhiteSpace(label) || label.Any(IsForbidden) || HasLoneSurrogate(label))
                throw new InvalidDataException(
                    $"{name}: the class name \"{Escaped(label)}\" is not one line of text, expected one without line breaks "
                    + "and control characters: rename its folder");
            if (label.Length > MostCharacters)
                throw new InvalidDataException(
                    $"{name}: the class name \"{label[..40]}…\" has {label.Length} characters, expected at most {MostCharacters}");
        }
        if (dataset.Labels.Sum(label => (long)Encoding.UTF8.GetByteCount(label)) is > MostBytes and var bytes)
            throw new InvalidDataException($"{name}: the class names have {bytes:N0} bytes, expected at most {MostBytes:N0}");
        if (dataset.Labels.CountBy(label => label).FirstOrDefault(pair => pair.Value > 1) is { Key: { } twice })
            throw new InvalidDataException($"{name}: two classes are named \"{twice}\", expected different names");
    }

    private static bool IsForbidden(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029' or '\uFFFD';

    private static bool HasLoneSurrogate(string label) => label.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar);

    private static string Escaped(string label) => string.Concat(label.Take(80).Select(letter =>
        IsForbidden(letter) || char.IsSurrogate(letter) ? $"\\u{(int)letter:x4}" : letter.ToString()));
}
