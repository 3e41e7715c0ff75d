using LeNetServe.Imaging;
using Microsoft.Extensions.FileSystemGlobbing;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// Which files of a folder or an archive are images: those with an image's extension, or, where globs are given, those that one of them includes;
/// and none of those excluded. Globs are matched with the path below the folder; one without a slash matches at any depth.
/// </summary>
internal sealed class NameFilter
{
    private readonly Matcher? matcher;
    private readonly bool byExtension;

    public NameFilter(IReadOnlyList<string> includes, IReadOnlyList<string> excludes)
    {
        byExtension = includes.Count == 0;
        if (includes.Count + excludes.Count == 0)
            return;
        matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddInclude("**/*");
        if (includes.Count > 0)
            matcher = new Matcher(StringComparison.Ordinal);
        foreach (var glob in includes)
            matcher.AddInclude(AnyDepth(glob));
        foreach (var glob in excludes)
            matcher.AddExclude(AnyDepth(glob));
    }

    /// <summary>Whether a file is taken.</summary>
    /// <param name="relative">Bytes of its path below the folder given.</param>
    public bool Takes(ReadOnlySpan<byte> relative)
    {
        if (byExtension && !ImageFileTypes.HasExtension(relative))
            return false;
        return matcher is null || matcher.Match(FilePath.ToText(relative)).HasMatches;
    }

    private static string AnyDepth(string glob) => glob.Contains('/', StringComparison.Ordinal) ? glob.TrimStart('/') : $"**/{glob}";
}
