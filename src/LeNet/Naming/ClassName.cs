namespace LeNetServe.Naming;

/// <summary>
/// The spelling of class names. A system may write an accented letter as one character or as two; macOS splits <c>é</c>. So folders and
/// labels are compared in Unicode's normalization form C.
/// </summary>
public static class ClassName
{
    /// <summary>Gets a name in the spelling in which names are compared.</summary>
    public static string Of(string name) => NormalizationFormC.Of(name);

    /// <summary>Tells whether two lists name the same classes in the same order.</summary>
    public static bool AreSame(IEnumerable<string> first, IEnumerable<string> second) => first.Select(Of).SequenceEqual(second.Select(Of));
}
