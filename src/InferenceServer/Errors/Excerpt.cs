namespace LeNetServe.InferenceServer.Errors;

/// <summary>Shortens values for messages, so that callers cannot make messages or log lines long.</summary>
internal static class Excerpt
{
    private const int Longest = 100;
    private const int MostNames = 10;

    /// <summary>Cuts a text after 100 characters and replaces control characters.</summary>
    public static string Of(string? text)
    {
        text ??= "";
        var excerpt = text.Length <= Longest ? text : $"{text.AsSpan(0, Longest)}…";
        return excerpt.Any(char.IsControl) ? string.Concat(excerpt.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)) : excerpt;
    }

    /// <summary>Lists at most ten names, and the number of the others.</summary>
    public static string Of(IReadOnlyCollection<string> names)
    {
        var list = string.Join(", ", names.Take(MostNames).Select(Of));
        return names.Count <= MostNames ? list : $"{list} and {names.Count - MostNames} more";
    }
}
