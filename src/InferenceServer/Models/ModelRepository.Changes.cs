using System.Collections.Frozen;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Models;

internal sealed partial class ModelRepository
{
    // In place of a version's number: the model's folder, and what else is in it.
    private const long Itself = 0, Strays = -1;

    /// <summary>
    /// Loads the models of the start, as the mode says. Files need not rest first, because a deployment writes them shortly before.
    /// Versions that change while they are opened are not served.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => ChangeAsync(() =>
    {
        var models = ModelsOnDisk();
        if (Mode != RepositoryMode.Explicit || options.Load.Contains("*"))
            wanted.UnionWith(models);
        else
            wanted.UnionWith(options.Load);
        return [.. models.Union(wanted)];
    }, mustRest: false, cancellationToken);

    /// <summary>Looks at the disk again: new and changed versions are swapped in, deleted ones drain.</summary>
    /// <exception cref="IOException">The folder cannot be read; the served versions stay.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read; the served versions stay.</exception>
    public Task ScanAsync(CancellationToken cancellationToken) => ChangeAsync(() =>
    {
        wanted.UnionWith(ModelsOnDisk());
        return [.. wanted];
    }, mustRest: true, cancellationToken);

    /// <summary>Loads a model, or its changes, for a caller, in mode explicit only.</summary>
    /// <exception cref="InferenceException">
    /// The mode is another one, the model is not there, or its newest version, or all of them, cannot be served.
    /// </exception>
    public async Task LoadAsync(string name, CancellationToken cancellationToken)
    {
        RequireExplicit("loading");
        await ChangeAsync(() =>
        {
            if (!ModelsOnDisk().Contains(name))
                throw NotFound($"failed to load '{Excerpt.Of(name)}', no such model in the repository");
            wanted.Add(name);
            // The caller wants failed versions tried again, even if no file has changed since.
            lock (gate)
                foreach (var (key, record) in versions.Where(entry => entry.Key.Model == name && entry.Value.Reason.Length > 0).ToArray())
                    versions[key] = record with { Fingerprint = "" };
            return [name];
        }, mustRest: false, cancellationToken);
        if (FailureOf(name) is { } failure)
            throw new InferenceException(InferenceErrorKind.InvalidModel, $"failed to load '{name}': {failure}");
    }

    /// <summary>
    /// Takes a model away for a caller, in mode explicit only. New requests do not find the model; requests in flight end on it.
    /// </summary>
    /// <exception cref="InferenceException">The mode is another one, or the model is not known.</exception>
    public async Task UnloadAsync(string name, CancellationToken cancellationToken)
    {
        RequireExplicit("unloading");
        await ChangeAsync(() =>
        {
            if (!current.Index.Any(report => report.Model == name))
                throw NotFound($"failed to unload '{Excerpt.Of(name)}', no such model is known");
            wanted.Remove(name);
            return [name];
        }, mustRest: false, cancellationToken);
    }

    private static InferenceException NotFound(string message) => new(InferenceErrorKind.NotFound, message);

    private void RequireExplicit(string what)
    {
        if (Mode != RepositoryMode.Explicit)
        {
            var mode = Mode.ToString().ToLowerInvariant();
            throw new InferenceException(
                InferenceErrorKind.Unavailable, $"{what} by callers is not allowed in Models:Mode {mode}, expected explicit");
        }
    }

    /// <summary>Returns why a model that was asked for does not answer, or not with its newest version; null if it does.</summary>
    private string? FailureOf(string name)
    {
        lock (gate)
        {
            var records = versions.Where(entry => entry.Key.Model == name).ToDictionary(entry => entry.Key.Version, entry => entry.Value);
            var folder = folders.GetValueOrDefault(name);
            if (!current.Models.ContainsKey(name))
            {
                string[] reasons =
                [
                    .. folder is null ? [] : new[] { folder.Reason },
                    .. records.OrderBy(entry => entry.Key).Select(entry => $"version {entry.Key}: {entry.Value.Reason}"),
                ];
                return reasons.Length == 0 ? "no version is in its folder" : string.Join("; ", reasons);
            }
            if (folder is { Failed: true })
                return $"{folder.Reason}; the former versions stay";
            return options.PolicyOf(name).Choose(records.Keys) is [.., var newest] && records[newest] is { Failed: true } failed
                ? $"version {newest}: {failed.Reason}; the former version stays"
                : null;
        }
    }

    /// <summary>
    /// Gets the names of the models in the folder. A name with control characters would break the lines of logs; it is reported instead.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be read, or does not answer in time.</exception>
    private List<string> ModelsOnDisk()
    {
        // A folder that hangs keeps one thread, not one for each scan.
        if (hangingListing is { IsCompleted: false })
            throw new IOException($"{options.Path} still does not answer");
        var names = VersionFolder.ModelsIn(
            options, look => Read(ModelFiles.ModelFileName, Itself, look), listing => hangingListing = listing);
        foreach (var name in names.Where(VersionFolder.HasControlCharacters))
            ReportFolder(Excerpt.Of(name), VersionFolder.Misplaced(options, name), isFailed: false);
        return [.. names.Where(name => !VersionFolder.HasControlCharacters(name))];
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
    /// Brings one model to the state on disk. A version that fails is left out of the policy's choice, so that an older one takes its
    /// place. A version whose changed files fail stays as it is, and so does a model whose folder cannot be read.
    /// </summary>
    private void Reconcile(string name, bool mustRest)
    {
        var found = new Dictionary<long, VersionFolder>();
        var unreadable = new Dictionary<long, string>();
        try
        {
            foreach (var version in Read(name, Itself, () => VersionFolder.NumbersIn(options, name)))
                Look(name, version, found, unreadable);
        }
        catch (DirectoryNotFoundException) when (!options.Load.Contains(name))
        {
            found.Clear();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TimeoutException)
        {
            if (!wanted.Contains(name))
                Retire(name, [], [], "");
            ReportFolder(name, exception.Message, isFailed: true);
            return;
        }
        var failed = new HashSet<long>();
        while (true)
        {
            IReadOnlyList<long> chosen = wanted.Contains(name)
                ? options.PolicyOf(name).Choose(found.Keys.Union(unreadable.Keys).Except(failed))
                : [];
            var broken = chosen.Where(version => !(unreadable.TryGetValue(version, out var fault)
                ? Fail(name, version, fault, "", bug: null, ReasonOf(name, version))
                : Ensure(name, found[version], mustRest))).ToArray();
            failed.UnionWith(broken);
            if (broken.Length > 0)
                continue;
            var reason = wanted.Contains(name) ? "not chosen by the version policy" : "not loaded";
            Retire(name, chosen, [.. found.Keys, .. unreadable.Keys], reason);
            break;
        }
        ReportFolder(name, unreadable.Count == 0 ? MisplacedIn(name) : null, isFailed: false);
    }

    private string? MisplacedIn(string name)
    {
        try
        {
            return Read(name, Strays, () => VersionFolder.Misplaced(options, name));
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (IsTrouble(exception))
        {
            return exception.Message;
        }
    }

    /// <summary>Looks at a version. A folder that cannot be read, or does not answer, says nothing about the others.</summary>
    private void Look(string name, long version, Dictionary<long, VersionFolder> found, Dictionary<long, string> unreadable)
    {
        try
        {
            if (Read(name, version, () => VersionFolder.Find(options, name, version)) is { } folder)
                found[version] = folder;
        }
        catch (DirectoryNotFoundException)
        {
            // It was deleted just now.
        }
        catch (Exception exception) when (IsTrouble(exception))
        {
            unreadable[version] = exception.Message;
        }
    }

    /// <summary>
    /// Reads a version's folder, or the model's (<see cref="Itself"/>), on a thread of its own. A folder that hangs keeps one thread, not
    /// one for each scan, and later scans do not wait for it.
    /// </summary>
    /// <exception cref="TimeoutException">The folder does not answer.</exception>
    private T Read<T>(string name, long version, Func<T> read) =>
        hangingReads.TryGetValue((name, version), out var before) && !before.IsCompleted
            ? throw LoadingThreads.TooLate(options.LoadTimeout)
            : LoadingThreads.Within(options.LoadTimeout, read, late => hangingReads[(name, version)] = late);

    /// <summary>Loads the version if it is new or changed. Returns whether it is served.</summary>
    private bool Ensure(string name, VersionFolder folder, bool mustRest)
    {
        var served = Served(name, folder.Version);
        VersionRecord? before;
        lock (gate)
        {
            before = versions.GetValueOrDefault((name, folder.Version));
            if (hanging.Contains((name, folder.Version)))
                return served is not null;
        }
        if (before is { Fingerprint.Length: > 0 } && before.Fingerprint == folder.Fingerprint)
            return served is not null;
        var age = time.GetUtcNow().UtcDateTime - folder.Changed;
        if (mustRest && age >= TimeSpan.Zero && age < options.PollInterval)
            return served is not null;
        Report(name, folder.Version, new(served is null ? VersionState.Loading : VersionState.Ready, "", before?.Fingerprint ?? ""));
        try
        {
            var started = time.GetTimestamp();
            var loaded = LoadInTime(name, folder);
            Publish(name, folder, loaded);
            LogLoaded(loaded, loaded.Model.Device, loaded.Facts.Sha256, time.GetElapsedTime(started).TotalMilliseconds);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A failure of the file system may be over the next time, although no file has changed.
            var isTrouble = IsTrouble(exception) || IsTrouble(exception.InnerException);
            var bug = isTrouble || exception is InferenceException ? null : exception;
            return Fail(name, folder.Version, exception.Message, isTrouble ? "" : folder.Fingerprint, bug, before?.Reason);
        }
    }

    /// <summary>Reports a version that cannot be loaded. Returns whether its former files are served.</summary>
    private bool Fail(string name, long version, string reason, string fingerprint, Exception? bug, string? before)
    {
        var isServed = Served(name, version) is not null;
        Report(name, version, new(isServed ? VersionState.Ready : VersionState.Unavailable, reason, fingerprint, Failed: true));
        if (before != reason)
            LogFailed(bug, name, version, reason, isServed ? "the former version stays" : "it is not served");
        return isServed;
    }

    private ServedVersion LoadInTime(string name, VersionFolder folder)
    {
        loads.Wait();
        try
        {
            return LoadingThreads.Within(options.LoadTimeout, () => Load(name, folder), work => Abandon(name, folder.Version, work));
        }
        finally
        {
            loads.Release();
        }
    }

    private ServedVersion Load(string name, VersionFolder folder)
    {
        var loaded = loader.Load(name, folder);
        if (folder.IsUnchanged())
            return loaded;
        loaded.Release();
        throw new IOException(
            $"{folder.Path} changed while it was opened, expected a version that is moved into place when it is complete");
    }

    /// <summary>Remembers a load that hangs, so that no scan starts another one, until it ends. Its result is not used.</summary>
    private void Abandon(string name, long version, Task<ServedVersion> work)
    {
        lock (gate)
            hanging.Add((name, version));
        work.ContinueWith(
            ended =>
            {
                lock (gate)
                    hanging.Remove((name, version));
                if (ended.IsCompletedSuccessfully)
                    ended.Result.Release();
                else
                    _ = ended.Exception;
            },
            TaskScheduler.Default);
    }

    private string? ReasonOf(string name, long version)
    {
        lock (gate)
            return versions.GetValueOrDefault((name, version))?.Reason;
    }

    private static bool IsTrouble(Exception? exception) => exception is IOException or UnauthorizedAccessException or TimeoutException;

    /// <summary>Notes that a folder cannot be read, or that something in the folder is not served.</summary>
    private void ReportFolder(string name, string? reason, bool isFailed)
    {
        lock (gate)
        {
            if (folders.GetValueOrDefault(name)?.Reason == reason)
                return;
            if (reason is null)
                folders.Remove(name);
            else
                folders[name] = new(VersionState.Unavailable, reason, "", isFailed);
            Replace(name, current.Models.GetValueOrDefault(name)?.Versions ?? []);
        }
        if (reason is not null && isFailed)
            LogUnreadable(name, reason);
        else if (reason is not null)
            LogMisplaced(name, reason);
        Changed?.Invoke();
    }

    private ServedVersion? Served(string name, long version) =>
        current.Models.GetValueOrDefault(name)?.Versions.FirstOrDefault(served => served.Version == version);

    private void Publish(string name, VersionFolder folder, ServedVersion loaded)
    {
        ServedVersion? replaced;
        lock (gate)
        {
            versions[(name, folder.Version)] = new(VersionState.Ready, "", folder.Fingerprint);
            replaced = Served(name, folder.Version);
            Replace(name, [.. Others(name, folder.Version), loaded]);
        }
        replaced?.Release();
        Changed?.Invoke();
    }

    private void Retire(string name, IReadOnlyList<long> chosen, IReadOnlyCollection<long> onDisk, string reason)
    {
        ServedVersion[] retired;
        lock (gate)
        {
            var served = current.Models.GetValueOrDefault(name)?.Versions ?? [];
            retired = [.. served.Where(version => !chosen.Contains(version.Version))];
            foreach (var key in versions.Keys.Where(key => key.Model == name && !onDisk.Contains(key.Version)).ToArray())
                versions.Remove(key);
            foreach (var version in onDisk.Except(chosen))
                if (versions.GetValueOrDefault((name, version)) is null or { State: not VersionState.Unavailable })
                    versions[(name, version)] = new(VersionState.Unavailable, reason, "");
            Replace(name, [.. served.Except(retired)]);
        }
        foreach (var version in retired)
        {
            LogRetired(version);
            version.Release();
        }
        Changed?.Invoke();
    }

    private void Report(string name, long version, VersionRecord record)
    {
        lock (gate)
        {
            versions[(name, version)] = record;
            Replace(name, current.Models.GetValueOrDefault(name)?.Versions ?? []);
        }
        Changed?.Invoke();
    }

    private IEnumerable<ServedVersion> Others(string name, long version) =>
        current.Models.GetValueOrDefault(name)?.Versions.Where(served => served.Version != version) ?? [];

    // Under the lock.
    private void Replace(string name, IReadOnlyList<ServedVersion> served)
    {
        var models = current.Models.ToDictionary();
        if (served.Count > 0)
            models[name] = new(name, served, options.Aliases.GetValueOrDefault(name) ?? FrozenDictionary<string, long>.Empty);
        else
            models.Remove(name);
        var reports = versions.Select(entry => new VersionReport(entry.Key.Model, entry.Key.Version, entry.Value.State, entry.Value.Reason))
            .Concat(folders.Select(entry => new VersionReport(entry.Key, 0, entry.Value.State, entry.Value.Reason)));
        current = new(
            models.ToFrozenDictionary(StringComparer.Ordinal),
            [.. reports.OrderBy(report => report.Model, StringComparer.Ordinal).ThenBy(report => report.Version)]);
    }

    [LoggerMessage(23, LogLevel.Information, "{Version} is served on {Device}, SHA-256 {Sha256}, after {Milliseconds:0} ms",
        EventName = "VersionLoaded")]
    private partial void LogLoaded(ServedVersion version, Runtime.Devices.Device device, string sha256, double milliseconds);

    [LoggerMessage(24, LogLevel.Error, "{Model}/{Version} cannot be loaded: {Reason}; {Consequence}",
        EventName = "VersionFailed")]
    private partial void LogFailed(Exception? exception, string model, long version, string reason, string consequence);

    [LoggerMessage(25, LogLevel.Error, "The folder of model {Model} cannot be read, its served versions stay: {Reason}",
        EventName = "ModelUnreadable")]
    private partial void LogUnreadable(string model, string reason);

    [LoggerMessage(26, LogLevel.Information, "{Version} is not served anymore; it ends with its last request",
        EventName = "VersionRetired")]
    private partial void LogRetired(ServedVersion version);

    [LoggerMessage(40, LogLevel.Warning, "Something in the folder of model {Model} is not served: {Reason}",
        EventName = "VersionMisplaced")]
    private partial void LogMisplaced(string model, string reason);
}
