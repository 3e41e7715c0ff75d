using System.Collections.Frozen;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Models;

internal sealed partial class ModelRepository
{
    /// <summary>
    /// Loads what the mode says is there at start. Files are not asked to rest first: what is deployed together with the server is new. Those
    /// that change while they are opened are not served.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => ChangeAsync(() =>
    {
        var models = VersionFolder.ModelsIn(options.Path);
        if (Mode != RepositoryMode.Explicit || options.Load.Contains("*"))
            wanted.UnionWith(models);
        else
            wanted.UnionWith(options.Load);
        return [.. models.Union(wanted)];
    }, mustRest: false, cancellationToken);

    /// <summary>Looks at the disk again: new and changed versions are swapped in, deleted ones drain.</summary>
    /// <exception cref="IOException">The folder cannot be read; what is served stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read; what is served stays.</exception>
    public Task ScanAsync(CancellationToken cancellationToken) => ChangeAsync(() =>
    {
        wanted.UnionWith(VersionFolder.ModelsIn(options.Path));
        return [.. wanted];
    }, mustRest: true, cancellationToken);

    /// <summary>Loads a model, or what changed of it, for a caller. Mode explicit only.</summary>
    /// <exception cref="InferenceException">Another mode, no such model, or its newest version, or all of them, cannot be served.</exception>
    public async Task LoadAsync(string name, CancellationToken cancellationToken)
    {
        RequireExplicit("loading");
        await ChangeAsync(() =>
        {
            if (!VersionFolder.ModelsIn(options.Path).Contains(name))
                throw new InferenceException(InferenceErrorKind.NotFound, $"failed to load '{Excerpt.Of(name)}', no such model in the repository");
            wanted.Add(name);
            // Who asks wants what failed to be tried again, even where no file has changed since.
            lock (known)
                foreach (var (key, state) in known.Where(entry => entry.Key.Model == name && entry.Value.Reason.Length > 0).ToArray())
                    known[key] = state with { Fingerprint = "" };
            return [name];
        }, mustRest: false, cancellationToken);
        if (FailureOf(name) is { } failure)
            throw new InferenceException(InferenceErrorKind.InvalidModel, $"failed to load '{name}': {failure}");
    }

    /// <summary>Why a model that was asked for does not answer, or not with its newest version; null where it does.</summary>
    private string? FailureOf(string name)
    {
        lock (known)
        {
            var states = known.Where(entry => entry.Key.Model == name).ToDictionary(entry => entry.Key.Version, entry => entry.Value);
            if (!current.Models.ContainsKey(name))
                return states.Count == 0
                    ? "no version is in its folder"
                    : string.Join("; ", states.OrderBy(state => state.Key).Select(state => state.Key == 0 ? state.Value.Reason : $"version {state.Key}: {state.Value.Reason}"));
            if (states.TryGetValue(0, out var folder))
                return $"{folder.Reason}; what was served before goes on";
            return options.PolicyOf(name).Choose(states.Keys) is [.., var newest] && states[newest] is { Failed: true } failed
                ? $"version {newest}: {failed.Reason}; what was served before goes on"
                : null;
        }
    }

    /// <summary>Takes a model away, for a caller: new requests do not find it at once, and those in flight end on it afterwards. Mode explicit only.</summary>
    /// <exception cref="InferenceException">Another mode, or no such model.</exception>
    public async Task UnloadAsync(string name, CancellationToken cancellationToken)
    {
        RequireExplicit("unloading");
        await ChangeAsync(() =>
        {
            if (!current.Index.Any(report => report.Model == name))
                throw new InferenceException(InferenceErrorKind.NotFound, $"failed to unload '{Excerpt.Of(name)}', no such model is known");
            wanted.Remove(name);
            return [name];
        }, mustRest: false, cancellationToken);
    }

    private void RequireExplicit(string what)
    {
        if (Mode != RepositoryMode.Explicit)
            throw new InferenceException(InferenceErrorKind.Unavailable, $"{what} by callers is not allowed in Models:Mode {Mode.ToString().ToLowerInvariant()}, expected explicit");
    }

    private async Task ChangeAsync(Func<IReadOnlyList<string>> choose, bool mustRest, CancellationToken cancellationToken)
    {
        await changes.WaitAsync(cancellationToken);
        try
        {
            await LoadingThreads.ForEachAsync(choose(), name => Reconcile(name, mustRest), cancellationToken);
        }
        finally
        {
            changes.Release();
        }
    }

    /// <summary>
    /// Brings one model to what is on disk. A version that fails is left out of the policy's choice, so that an older one takes its place; a
    /// version whose changed file fails goes on with what it has, and so does a model whose folder cannot be read.
    /// </summary>
    private void Reconcile(string name, bool mustRest)
    {
        Dictionary<long, VersionFolder> folders;
        try
        {
            folders = VersionFolder.VersionsIn(options.Path, name).ToDictionary(folder => folder.Version);
        }
        catch (DirectoryNotFoundException) when (!options.Load.Contains(name))
        {
            folders = [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!wanted.Contains(name))
                Retire(name, [], [], "");
            Unreadable(name, exception.Message);
            return;
        }
        var failed = new HashSet<long>();
        while (true)
        {
            var chosen = wanted.Contains(name) ? options.PolicyOf(name).Choose(folders.Keys.Where(version => !failed.Contains(version))) : [];
            var broken = chosen.Where(version => !Ensure(name, folders[version], mustRest)).ToArray();
            failed.UnionWith(broken);
            if (broken.Length > 0)
                continue;
            Retire(name, chosen, folders.Keys, wanted.Contains(name) ? "not chosen by the version policy" : "not loaded");
            return;
        }
    }

    /// <summary>Whether the version is served, after loading it where it is new or changed.</summary>
    private bool Ensure(string name, VersionFolder folder, bool mustRest)
    {
        var served = Served(name, folder.Version);
        Known? before;
        lock (known)
            before = known.GetValueOrDefault((name, folder.Version));
        if (before is { Fingerprint.Length: > 0 } && before.Fingerprint == folder.Fingerprint)
            return served is not null;
        var age = time.GetUtcNow().UtcDateTime - folder.Changed;
        if (mustRest && age >= TimeSpan.Zero && age < options.PollInterval)
            return served is not null;
        Report(name, folder.Version, new(served is null ? VersionState.Loading : VersionState.Ready, "", before?.Fingerprint ?? ""));
        try
        {
            var started = time.GetTimestamp();
            var loaded = loader.Load(name, folder);
            if (!folder.IsUnchanged())
            {
                loaded.Release();
                throw new IOException($"{folder.Path} changed while it was opened, expected a version that is moved into place when it is complete");
            }
            Publish(name, folder, loaded);
            LogLoaded(loaded, loaded.Model.Device, loaded.Facts.Sha256, time.GetElapsedTime(started).TotalMilliseconds);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // What failed in the file system may be well the next time without any file having changed.
            var isTrouble = IsTrouble(exception) || IsTrouble(exception.InnerException);
            Report(name, folder.Version, new(served is null ? VersionState.Unavailable : VersionState.Ready, exception.Message, isTrouble ? "" : folder.Fingerprint, Failed: true));
            if (before?.Reason != exception.Message)
                LogFailed(isTrouble || exception is InferenceException ? null : exception, name, folder.Version, exception.Message, served is null ? "it is not served" : "the one before goes on");
            return served is not null;
        }
    }

    private static bool IsTrouble(Exception? exception) => exception is IOException or UnauthorizedAccessException;

    private void Unreadable(string name, string reason)
    {
        Known? before;
        lock (known)
            before = known.GetValueOrDefault((name, 0));
        if (before?.Reason == reason)
            return;
        Report(name, 0, new(VersionState.Unavailable, reason, "", Failed: true));
        LogUnreadable(name, reason);
    }

    private ServedVersion? Served(string name, long version) => current.Models.GetValueOrDefault(name)?.Versions.FirstOrDefault(served => served.Version == version);

    private void Publish(string name, VersionFolder folder, ServedVersion loaded)
    {
        ServedVersion? replaced;
        lock (known)
        {
            known[(name, folder.Version)] = new(VersionState.Ready, "", folder.Fingerprint);
            replaced = Served(name, folder.Version);
            Replace(name, [.. Others(name, folder.Version), loaded]);
        }
        replaced?.Release();
        Changed?.Invoke();
    }

    private void Retire(string name, IReadOnlyList<long> chosen, IReadOnlyCollection<long> onDisk, string reason)
    {
        ServedVersion[] retired;
        lock (known)
        {
            var versions = current.Models.GetValueOrDefault(name)?.Versions ?? [];
            retired = [.. versions.Where(version => !chosen.Contains(version.Version))];
            foreach (var key in known.Keys.Where(key => key.Model == name && !onDisk.Contains(key.Version)).ToArray())
                known.Remove(key);
            foreach (var version in onDisk.Except(chosen))
                if (known.GetValueOrDefault((name, version)) is null or { State: not VersionState.Unavailable })
                    known[(name, version)] = new(VersionState.Unavailable, reason, "");
            Replace(name, [.. versions.Except(retired)]);
        }
        foreach (var version in retired)
        {
            LogRetired(version);
            version.Release();
        }
        Changed?.Invoke();
    }

    private void Report(string name, long version, Known state)
    {
        lock (known)
        {
            known[(name, version)] = state;
            Replace(name, current.Models.GetValueOrDefault(name)?.Versions ?? []);
        }
        Changed?.Invoke();
    }

    private IEnumerable<ServedVersion> Others(string name, long version) =>
        current.Models.GetValueOrDefault(name)?.Versions.Where(served => served.Version != version) ?? [];

    private void Replace(string name, IReadOnlyList<ServedVersion> versions)
    {
        var models = current.Models.ToDictionary();
        if (versions.Count > 0)
            models[name] = new(name, versions, options.Aliases.GetValueOrDefault(name) ?? FrozenDictionary<string, long>.Empty);
        else
            models.Remove(name);
        current = new(models.ToFrozenDictionary(StringComparer.Ordinal),
            [.. known.OrderBy(entry => entry.Key.Model, StringComparer.Ordinal).ThenBy(entry => entry.Key.Version)
                .Select(entry => new VersionReport(entry.Key.Model, entry.Key.Version, entry.Value.State, entry.Value.Reason))]);
    }

    [LoggerMessage(23, LogLevel.Information, "{Version} is served on {Device}, SHA-256 {Sha256}, after {Milliseconds:0} ms")]
    private partial void LogLoaded(ServedVersion version, Runtime.Devices.Device device, string sha256, double milliseconds);

    [LoggerMessage(24, LogLevel.Error, "{Model}/{Version} cannot be loaded: {Reason}; {Consequence}")]
    private partial void LogFailed(Exception? exception, string model, long version, string reason, string consequence);

    [LoggerMessage(25, LogLevel.Error, "The folder of model {Model} cannot be read, what is served of it goes on: {Reason}")]
    private partial void LogUnreadable(string model, string reason);

    [LoggerMessage(26, LogLevel.Information, "{Version} is no longer served; it ends with its last request")]
    private partial void LogRetired(ServedVersion version);

    /// <param name="State">What the version is doing.</param>
    /// <param name="Reason">Why it is not ready, or what went wrong with its newer files.</param>
    /// <param name="Fingerprint">The files that were tried last; empty: they are to be tried again.</param>
    /// <param name="Failed">They were tried and could not be served.</param>
    private sealed record Known(VersionState State, string Reason, string Fingerprint, bool Failed = false);
}
