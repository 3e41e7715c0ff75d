using LeNetServe.InferenceServer.Errors;

namespace LeNetServe.InferenceServer.Models;

/// <summary>A model's versions in memory, immutable.</summary>
internal sealed class ServedModel
{
    private readonly IReadOnlyDictionary<string, long> aliases;

    public ServedModel(string name, IEnumerable<ServedVersion> versions, IReadOnlyDictionary<string, long> aliases)
    {
        this.aliases = aliases;
        Name = name;
        Versions = [.. versions.OrderBy(version => version.Version)];
        Default = Versions[^1];
    }

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>The served versions, ascending; one at least.</summary>
    public IReadOnlyList<ServedVersion> Versions { get; }

    /// <summary>The newest version, which answers if the caller asks for none.</summary>
    public ServedVersion Default { get; }

    /// <summary>Gets the version of that number, 0 for the default; null if the version is not served.</summary>
    public ServedVersion? Find(long version)
    {
        if (version == 0 || version == Default.Version)
            return Default;
        foreach (var served in Versions)
            if (served.Version == version)
                return served;
        return null;
    }

    /// <summary>Gets the version behind an alias; null if the alias is unknown or its version is not served.</summary>
    public ServedVersion? FindAlias(string alias) => aliases.TryGetValue(alias, out var version) ? Find(version) : null;

    /// <summary>The aliases that lead to a served version.</summary>
    public IEnumerable<KeyValuePair<string, long>> Aliases => aliases.Where(alias => Find(alias.Value) is not null);

    /// <summary>Lists the versions and aliases that a caller may ask for, for messages.</summary>
    public string Describe() =>
        Excerpt.Of([.. Versions.Select(version => $"{version.Version}"), .. Aliases.Select(alias => $"@{alias.Key}")]);
}
