namespace LeNetServe.Exporter.Commands;

/// <summary>A model's name is a directory's name in a repository and a part of the server's URLs.</summary>
internal static class ModelName
{
    /// <summary>The name, where it is one.</summary>
    /// <exception cref="ExpectedException">It is none.</exception>
    public static string Require(string name) =>
        name.Length is > 0 and <= 100 && char.IsAsciiLetterOrDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? name
            : throw new ExpectedException(ExitCode.Usage, $"--name is \"{name}\", expected up to 100 letters, digits, '-', '_' and '.', the first a letter or digit");
}
