using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Models;

/// <summary>
/// The holder of all served models. Readers take one immutable snapshot. Changes are made one at a time: load, check, warm, replace the
/// snapshot, release the old version.
/// </summary>
internal sealed partial class ModelRepository(
    RepositoryOptions options, VersionLoader loader, TimeProvider time, ILogger<ModelRepository> logger) : IDisposable
{
    private readonly SemaphoreSlim changes = new(1, 1);
    private readonly HashSet<string> wanted = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly Dictionary<(string Model, long Version), VersionRecord> versions = [];
    private readonly Dictionary<string, VersionRecord> folders = [];
    private readonly HashSet<(string Model, long Version)> hanging = [];
    private volatile RepositorySnapshot current = RepositorySnapshot.Empty;

    /// <summary>Gets the served models.</summary>
    public RepositorySnapshot Current => current;

    /// <summary>Occurs after each replacement of <see cref="Current"/>. Handlers must not block.</summary>
    public event Action? Changed;

    /// <summary>Gets the times at which the repository is scanned.</summary>
    public RepositoryMode Mode => options.Mode;

    /// <summary>
    /// Gets whether nothing is served although the folder has something, which is a fault unless callers load the models.
    /// </summary>
    public bool ServesNothing => Mode != RepositoryMode.Explicit && current is { Models.Count: 0, Index.Count: > 0 };

    /// <summary>
    /// Leases a version for one request. The name may carry an alias, <c>name@stable</c>, and may be empty where one model is served;
    /// version 0
    /// is the newest.
    /// </summary>
    /// <exception cref="InferenceException">No such model or version; the message names those there are.</exception>
    public ModelLease Lease(string name, long version)
    {
        while (true)
        {
            var snapshot = current;
            var found = Find(snapshot, name, version);
            if (found.TryAcquire())
                return new(found);
        }
    }

    /// <summary>Leases the version of a textual version: a number, an alias, or empty for the newest.</summary>
    /// <inheritdoc cref="Lease(string, long)" path="/exception"/>
    public ModelLease Lease(string name, string version) => version switch
    {
        "" => Lease(name, 0),
        _ when long.TryParse(version, System.Globalization.NumberStyles.None, null, out var number) && number > 0 => Lease(name, number),
        _ => Lease($"{name}@{version}", 0),
    };

    /// <summary>Whether a model, or one version of it, answers.</summary>
    public bool IsReady(string name, string version = "")
    {
        try
        {
            Lease(name, version).Dispose();
            return true;
        }
        catch (InferenceException)
        {
            return false;
        }
    }

    private static ServedVersion Find(RepositorySnapshot snapshot, string name, long version)
    {
        if (snapshot.Models.TryGetValue(name, out var model))
            return model.Find(version) ?? throw NoSuchVersion(snapshot, model, $"{version}");
        if (name.Length == 0)
            return (snapshot.Only ?? throw NoModelNamed(snapshot)).Find(version) ?? throw NoSuchVersion(snapshot, snapshot.Only, $"{version}");
        var at = name.LastIndexOf('@');
        if (at > 0 && version == 0 && snapshot.Models.TryGetValue(name[..at], out model))
            return model.FindAlias(name[(at + 1)..]) ?? throw NoSuchVersion(snapshot, model, name[at..]);
        throw NoSuchModel(snapshot, name);
    }

    private static InferenceException NoModelNamed(RepositorySnapshot snapshot) => snapshot.Models.Count == 0
        ? new(InferenceErrorKind.Unavailable, "no model is served yet")
        : new(InferenceErrorKind.InvalidInput, $"no model is named and {snapshot.Models.Count} are served, expected one of {Names(snapshot)}") { Field = "model" };

    private static InferenceException NoSuchModel(RepositorySnapshot snapshot, string name)
    {
        var quoted = Excerpt.Of(name);
        return snapshot.Index.FirstOrDefault(report => report.Model == name) is { } report
            ? new(InferenceErrorKind.Unavailable, $"model \"{quoted}\" is {report.State.ToString().ToLowerInvariant()}{(report.Reason == "" ? "" : $": {report.Reason}")}")
            : new(InferenceErrorKind.NotFound, $"no model \"{quoted}\", expected {(snapshot.Models.Count == 0 ? "none: nothing is served" : $"one of {Names(snapshot)}")}") { Field = "model" };
    }

    private static InferenceException NoSuchVersion(RepositorySnapshot snapshot, ServedModel model, string version) =>
        snapshot.Index.FirstOrDefault(report => report.Model == model.Name && report.State != VersionState.Ready && $"{report.Version}" == version) is { } report
            ? new(InferenceErrorKind.Unavailable, $"model \"{model.Name}\" version {version} is {report.State.ToString().ToLowerInvariant()}{(report.Reason == "" ? "" : $": {report.Reason}")}")
            : new(InferenceErrorKind.NotFound, $"model \"{model.Name}\" has no version {Excerpt.Of(version)}, expected one of {model.Describe()}") { Field = "version" };

    private static string Names(RepositorySnapshot snapshot) => string.Join(", ", snapshot.Models.Keys.Order(StringComparer.Ordinal));

    public void Dispose() => changes.Dispose();
}
