using System.Globalization;

namespace LeNetServe.InferenceServer.Models;

/// <summary>
/// The choice of a model's versions: the newest <paramref name="Latest"/>, or exactly <paramref name="Listed"/>, or, with neither, all.
/// </summary>
internal sealed record VersionPolicy(int? Latest, IReadOnlySet<long>? Listed)
{
    /// <summary>The texts that a policy may have.</summary>
    public const string Allowed = "all, latest:N, or versions such as 1,3";

    /// <summary>Every version.</summary>
    public static readonly VersionPolicy All = new(null, null);

    /// <summary>Gets the served ones among <paramref name="versions"/>, ascending.</summary>
    public IReadOnlyList<long> Choose(IEnumerable<long> versions)
    {
        var ascending = versions.Where(version => Listed?.Contains(version) ?? true).Order().ToArray();
        return Latest is { } count && ascending.Length > count ? ascending[^count..] : ascending;
    }

    /// <summary>Reads <c>all</c>, <c>latest:N</c> or <c>1,3</c>.</summary>
    public static bool TryParse(string text, out VersionPolicy policy)
    {
        policy = All;
        if (text.Equals("all", StringComparison.OrdinalIgnoreCase))
            return true;
        if (text.StartsWith("latest:", StringComparison.OrdinalIgnoreCase))
        {
            var number = text.AsSpan("latest:".Length);
            var valid = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0;
            policy = new(count, null);
            return valid;
        }
        var listed = new HashSet<long>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
            if (long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0)
                listed.Add(version);
            else
                return false;
        policy = new(null, listed);
        return true;
    }
}
