using LeNetServe.Files;
using LeNetServe.Imaging;
using Microsoft.Extensions.FileSystemGlobbing;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// Chooses the images among the files of a folder or an archive: by an image's extension, or by globs to include, without those to exclude.
/// Globs are matched with the path below the folder. A glob without a slash matches at any depth.
/// </summary>
internal sealed class NameFilter
{
    private readonly Matcher? matcher;
    private readonly bool byExtension;
    private readonly bool systemFiles;

    public NameFilter(IReadOnlyList<string> includes, IReadOnlyList<string> excludes)
    {
        byExtension = includes.Count == 0;
        // As in a shell, a hidden name is matched only by a glob that spells it.
        systemFiles = includes.Any(glob => glob.Split('/').Any(part => SystemFiles.Owns(part)));
        if (includes.Count + excludes.Count == 0)
            return;
        matcher = new Matcher(StringComparison.Ordinal);
        foreach (var glob in byExtension ? ["**/*"] : includes)
            matcher.AddInclude(AnyDepth(glob));
        foreach (var glob in excludes)
            matcher.AddExclude(AnyDepth(glob));
    }

    /// <summary>Tells whether a folder is entered.</summary>
    /// <param name="name">The bytes of its name.</param>
    public bool Enters(ReadOnlySpan<byte> name) => systemFiles || !SystemFiles.Owns(name);

    /// <summary>Tells whether a file is an image to score.</summary>
    /// <param name="relative">The bytes of its path below the folder.</param>
    public bool Takes(ReadOnlySpan<byte> relative)
    {
        if ((byExtension && !ImageFileTypes.HasExtension(relative)) || (!systemFiles && SystemFiles.OwnsPartOf(relative)))
            return false;
        return matcher is null || matcher.Match(FilePath.ToText(relative)).HasMatches;
    }

    private static string AnyDepth(string glob) => glob.Contains('/', StringComparison.Ordinal) ? glob.TrimStart('/') : $"**/{glob}";
}
