namespace LeNetServe;

/// <summary>Numbers with their nouns.</summary>
public static class Counted
{
    /// <summary>Writes <c>1 image</c>, <c>2 images</c>; <paramref name="many"/> is the plural if it does not end in s.</summary>
    public static string Of(long count, string one, string? many = null) => $"{count:N0} {(count == 1 ? one : many ?? one + "s")}";
}
