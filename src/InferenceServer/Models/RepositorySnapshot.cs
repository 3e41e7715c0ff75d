using System.Collections.Frozen;

namespace LeNetServe.InferenceServer.Models;

/// <summary>The served models at one moment, immutable: requests read one reference to the snapshot and never wait for a change.</summary>
/// <param name="Models">The models that answer, by name.</param>
/// <param name="Index">Every version known, served or not, in order.</param>
internal sealed record RepositorySnapshot(FrozenDictionary<string, ServedModel> Models, IReadOnlyList<VersionReport> Index)
{
    /// <summary>The snapshot without models.</summary>
    public static readonly RepositorySnapshot Empty = new(FrozenDictionary<string, ServedModel>.Empty, []);

    /// <summary>The one model that is served; null if there are none or several.</summary>
    public ServedModel? Only { get; } = Models.Count == 1 ? Models.Values[0] : null;

    /// <summary>Every served version.</summary>
    public IEnumerable<ServedVersion> Versions =>
        Models.Values.OrderBy(model => model.Name, StringComparer.Ordinal).SelectMany(model => model.Versions);
}
