using System.Security.Cryptography;
using LeNetServe.Files;
using LeNetServe.InferenceServer.Models;

namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// A value that is read from files, and again when the files change. A timer polls the files, because file watchers miss the links that
/// Kubernetes swaps. Unreadable files leave the old value, for a limited time if it has an expiry.
/// </summary>
/// <typeparam name="T">The content of the files.</typeparam>
internal sealed class ReloadedFile<T> : IDisposable
    where T : class
{
    private const int LargestFile = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string[] paths;
    private readonly Func<T> read;
    private readonly SecurityLog log;
    private readonly ITimer timer;
    private readonly TimeProvider time;
    private readonly Expiry<T>? expiry;
    private volatile T current;
    private byte[] fingerprint;
    private volatile string? failure;
    private long failedAt;
    private volatile Task? hanging;

    /// <summary>Reads the value for the first time.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is broken.</exception>
    public ReloadedFile(
        IEnumerable<string?> paths, Func<T> read, TimeSpan interval, TimeProvider time, SecurityLog log, Expiry<T>? expiry = null)
    {
        this.time = time;
        this.expiry = expiry;
        this.paths = [.. paths.OfType<string>()];
        this.read = read;
        this.log = log;
        fingerprint = Fingerprint();
        current = read();
        timer = time.CreateTimer(_ => Look(), null, interval, interval);
    }

    /// <summary>Gets the value of the files' last valid content.</summary>
    public T Current => current;

    /// <summary>Occurs after each replacement of <see cref="Current"/>. Handlers must not block.</summary>
    public event Action? Changed;

    /// <summary>Gets whether the files cannot be read, so that the value is an old one.</summary>
    public bool IsStale => failure is not null;

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        lock (timer)
        {
            try
            {
                // A file system that hangs keeps one thread, not one for each look.
                if (hanging is { IsCompleted: false })
                    throw new TimeoutException("the file system still does not answer");
                var (value, seen) = LoadingThreads.Within(Patience, ReadChanges, look => hanging = look);
                if (value is null)
                    return;
                current = value;
                fingerprint = seen;
                failure = null;
                log.Reloaded(paths[0]);
                Changed?.Invoke();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException
                or TimeoutException)
            {
                Fail(exception.Message);
            }
        }
    }

    /// <summary>Reads the value; null if nothing has changed.</summary>
    private (T? Value, byte[] Fingerprint) ReadChanges()
    {
        var seen = Fingerprint();
        return failure is null && seen.AsSpan().SequenceEqual(fingerprint) ? (null, seen) : (read(), seen);
    }

    private void Fail(string reason)
    {
        if (failure is null)
            failedAt = time.GetTimestamp();
        if (failure != reason)
            log.NotReloaded(paths[0], reason);
        failure = reason;
        if (expiry is null || ReferenceEquals(current, expiry.Value) || time.GetElapsedTime(failedAt) < expiry.After)
            return;
        current = expiry.Value;
        log.Expired(paths[0], expiry.After);
        Changed?.Invoke();
    }

    private byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths)
            hash.AppendData(SHA256.HashData(RegularFile.ReadAllBytes(path, LargestFile)));
        return hash.GetHashAndReset();
    }
}
