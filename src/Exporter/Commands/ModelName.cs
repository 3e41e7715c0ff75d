namespace LeNetServe.Exporter.Commands;

/// <summary>The rule for a model's name, which is a directory's name in a repository and a part of the server's URLs.</summary>
internal static class ModelName
{
    private const int LongestName = 100;

    /// <summary>Returns the name.</summary>
    /// <exception cref="ExpectedException">The name is invalid.</exception>
    public static string Require(string name) =>
        name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]) && name.All(IsAllowed)
        ? name
        : throw ExpectedException.Usage(
            $"--name is \"{name}\", expected up to {LongestName} letters, digits, '-', '_' and '.', the first a letter or digit");

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.';
}
