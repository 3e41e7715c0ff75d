using LeNetServe.InferenceServer.Models;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Describes models for callers.</summary>
internal static class ModelDescriptions
{
    /// <summary>Describes every known version in order, served or not.</summary>
    public static IEnumerable<Model> All(RepositorySnapshot snapshot) => snapshot.Index.Select(report =>
        snapshot.Models.GetValueOrDefault(report.Model)?.Versions.FirstOrDefault(served => served.Version == report.Version) is { } version
            ? Of(version, snapshot)
            : new Model { Name = report.Model, Version = report.Version, State = StateOf(report.State), Reason = report.Reason });

    /// <summary>Describes one served version.</summary>
    public static Model Of(ServedVersion version, RepositorySnapshot snapshot)
    {
        var facts = version.Facts;
        return new()
        {
            Name = version.Name,
            Version = version.Version,
            Labels = { facts.Labels },
            Channels = facts.Input.Channels,
            Height = facts.Input.Height,
            Width = facts.Input.Width,
            Geometry = Inputs.GeometryOf(facts.Imaging.Geometry),
            Sha256 = facts.Sha256,
            Device = version.Model.Device.ToString().ToLowerInvariant(),
            Default = ReferenceEquals(snapshot.Models.GetValueOrDefault(version.Name)?.Default, version),
            State = StateOf(VersionState.Ready),
            Manifest = facts.ManifestJson,
            Reason = snapshot.Index.FirstOrDefault(report => report.Model == version.Name && report.Version == version.Version)?.Reason
                ?? "",
        };
    }

    private static string StateOf(VersionState state) => state.ToString().ToUpperInvariant();
}
