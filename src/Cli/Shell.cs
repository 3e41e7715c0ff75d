namespace LeNetServe.Cli;

/// <summary>Words of a command line that a user copies into a shell.</summary>
public static class Shell
{
    /// <summary>Gets the command that shows a file in the program that the desktop has for it.</summary>
    public static string Open(string path) =>
        $"{(OperatingSystem.IsWindows() ? "start" : OperatingSystem.IsMacOS() ? "open" : "xdg-open")} {Word(path)}";

    /// <summary>Gets the text as one word, in quotes if a shell would split or change it.</summary>
    public static string Word(string text) =>
        text.Length > 0 && text.All(letter => char.IsLetterOrDigit(letter) || "._-/\\:+=@%,~".Contains(letter))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
