namespace LeNetServe;

/// <summary>The name that a mistyped word most likely means.</summary>
public static class NearestName
{
    // A line of a message has room for so many names.
    private const int Few = 10;
    private const int MostMeant = 3;

    /// <summary>
    /// Gets the nearest name: a third of the letters may differ, the word begins one name only, or the name is the first half of the word
    /// or more. Null if none is near.
    /// </summary>
    public static string? Of(string word, IEnumerable<string> names)
    {
        var all = names.Distinct(StringComparer.Ordinal).ToList();
        var most = Math.Max(1, word.Trim('-').Length / 3);
        // As many edits as the lengths differ are needed at least, so that a stranger's long word costs nothing.
        var nearest = all.Where(name => Math.Abs(name.Length - word.Length) <= most)
            .Select(name => (Name: name, Edits: Edits(word.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(pair => pair.Edits <= most).OrderBy(pair => pair.Edits).Select(pair => pair.Name).FirstOrDefault();
        if (nearest is not null)
            return nearest;
        var begun = all.Where(name => word.Trim('-').Length > 1 && name.StartsWith(word, StringComparison.OrdinalIgnoreCase)).ToList();
        return begun.Count == 1
            ? begun[0]
            : all.Where(name => word.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                    && 2 * name.Trim('-').Length >= word.Trim('-').Length)
                .MaxBy(name => name.Length);
    }

    /// <summary>
    /// Gets the end of a message about a wrong name: the nearest name as a question, else the names that begin with the word or have it as
    /// a part, such as <c>--grpc-port</c> for <c>--port</c>. Empty if there is none.
    /// </summary>
    public static string Hint(string word, IEnumerable<string> names)
    {
        var part = word.Trim('-');
        string[] meant = Of(word, names) is { } nearest
            ? [nearest]
            : [.. names.Distinct().Where(name => part.Length > 2 && (name.StartsWith(word, StringComparison.OrdinalIgnoreCase)
                || name.Split('-', '_').Contains(part, StringComparer.OrdinalIgnoreCase)))];
        return meant.Length is 0 or > MostMeant ? "" : $"; did you mean {string.Join(" or ", meant)}?";
    }

    /// <summary>Gets the end of a message about a path that does not exist: the nearest name in the same folder.</summary>
    public static string HintOfPath(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) || Path.Exists(path))
            return "";
        var whole = Path.GetFullPath(Path.TrimEndingDirectorySeparator(path));
        var folder = Path.GetDirectoryName(whole);
        var readable = new EnumerationOptions { IgnoreInaccessible = true };
        return Directory.Exists(folder)
            && Of(Path.GetFileName(whole), Directory.EnumerateFileSystemEntries(folder, "*", readable).Select(Name)) is { } name
            ? $"; did you mean {Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) ?? "", name)}?"
            : "";

        static string Name(string entry) => Path.GetFileName(entry);
    }

    /// <summary>Gets the end of a message about an unknown name: the nearest name, else all of a few names, else the names' list.</summary>
    /// <param name="word">The unknown name.</param>
    /// <param name="names">The known names.</param>
    /// <param name="list">The place of the list of all names, such as <c>train --help</c>.</param>
    public static string Expected(string word, IReadOnlyCollection<string> names, string list) =>
        Hint(word, names) is { Length: > 0 } hint ? hint
        : names.Count <= Few ? $", expected {string.Join(", ", names)}"
        : $"; {list} lists the names";

    /// <summary>Counts letters inserted, left out, replaced, or swapped with the next one.</summary>
    private static int Edits(string word, string name)
    {
        var edits = new int[word.Length + 1, name.Length + 1];
        for (var i = 0; i <= word.Length; i++)
        {
            for (var j = 0; j <= name.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }
                var replaced = edits[i - 1, j - 1] + (word[i - 1] == name[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, 1 + Math.Min(edits[i - 1, j], edits[i, j - 1]));
                if (i > 1 && j > 1 && word[i - 1] == name[j - 2] && word[i - 2] == name[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }
        return edits[word.Length, name.Length];
    }
}
