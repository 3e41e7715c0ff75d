using System.Collections.Concurrent;
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
    private readonly SemaphoreSlim loads = new(LoadingThreads.Most);
    private readonly HashSet<string> wanted = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly Dictionary<(string Model, long Version), VersionRecord> versions = [];
    private readonly Dictionary<string, VersionRecord> folders = [];
    private readonly HashSet<(string Model, long Version)> hanging = [];
    private readonly ConcurrentDictionary<(string Model, long Version), Task> hangingReads = new();
    private volatile Task? hangingListing;
    private volatile RepositorySnapshot current = RepositorySnapshot.Empty;

    /// <summary>Gets the served models.</summary>
    public RepositorySnapshot Current => current;

    /// <summary>Occurs after each replacement of <see cref="Current"/>. Handlers must not block.</summary>
    public event Action? Changed;

    /// <summary>Gets the times at which the repository is scanned.</summary>
    public RepositoryMode Mode => options.Mode;

    /// <summary>
    /// Gets whether no model is served although one should be. In mode explicit without models of the start, callers load them first.
    /// </summary>
    public bool ServesNothing => current.Models.Count == 0 && (Mode != RepositoryMode.Explicit || options.Load.Count > 0);

    /// <summary>
    /// Leases a version for one request. The name may carry an alias, <c>name@stable</c>, and may be empty if one model is served.
    /// Version 0 is the newest.
    /// </summary>
    /// <exception cref="InferenceException">The model or version is not served; the message names those that are.</exception>
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

    /// <summary>Gets whether a model, or one version of it, answers.</summary>
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
        {
            model = snapshot.Only ?? throw NoModelNamed(snapshot);
            return model.Find(version) ?? throw NoSuchVersion(snapshot, model, $"{version}");
        }
        var at = name.LastIndexOf('@');
        if (at > 0 && version == 0 && snapshot.Models.TryGetValue(name[..at], out model))
            return model.FindAlias(name[(at + 1)..]) ?? throw NoSuchVersion(snapshot, model, name[at..]);
        throw NoSuchModel(snapshot, name);
    }

    private static InferenceException NoModelNamed(RepositorySnapshot snapshot)
    {
        var served = snapshot.Models.Count;
        if (served == 0)
            return new(InferenceErrorKind.Unavailable, "no model is served yet");
        var message = $"no model is named and {served} are served, expected one of {Names(snapshot)}";
        return new(InferenceErrorKind.InvalidInput, message) { Field = "model" };
    }

    private static InferenceException NoSuchModel(RepositorySnapshot snapshot, string name)
    {
        var quoted = Excerpt.Of(name);
        if (snapshot.Index.FirstOrDefault(report => report.Model == name) is { } found)
            return new(InferenceErrorKind.Unavailable, $"model \"{quoted}\" is {StateOf(found)}");
        var expected = snapshot.Models.Count == 0 ? "none: nothing is served" : $"one of {Names(snapshot)}";
        return new(InferenceErrorKind.NotFound, $"no model \"{quoted}\", expected {expected}") { Field = "model" };
    }

    private static InferenceException NoSuchVersion(RepositorySnapshot snapshot, ServedModel model, string version)
    {
        var unready = snapshot.Index.Where(report => report.Model == model.Name && report.State != VersionState.Ready);
        if (unready.FirstOrDefault(report => $"{report.Version}" == version) is { } found)
            return new(InferenceErrorKind.Unavailable, $"model \"{model.Name}\" version {version} is {StateOf(found)}");
        var message = $"model \"{model.Name}\" has no version {Excerpt.Of(version)}, expected one of {model.Describe()}";
        return new(InferenceErrorKind.NotFound, message) { Field = "version" };
    }

    private static string StateOf(VersionReport report) =>
        report.State.ToString().ToLowerInvariant() + (report.Reason == "" ? "" : $": {report.Reason}");

    private static string Names(RepositorySnapshot snapshot) => Excerpt.Of([.. snapshot.Models.Keys.Order(StringComparer.Ordinal)]);

    public void Dispose()
    {
        changes.Dispose();
        loads.Dispose();
    }
}
