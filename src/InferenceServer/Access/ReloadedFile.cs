using System.Security.Cryptography;
using LeNetServe.Files;

namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// A value that is read from files, and again when the files change. A timer polls the files, because file watchers miss the links that
/// Kubernetes swaps. Unreadable files leave the old value.
/// </summary>
/// <typeparam name="T">The content of the files.</typeparam>
internal sealed class ReloadedFile<T> : IDisposable
    where T : class
{
    private const int LargestFile = 1 << 20;

    private readonly string[] paths;
    private readonly Func<T> read;
    private readonly SecurityLog log;
    private readonly ITimer timer;
    private volatile T current;
    private byte[] fingerprint;

    /// <summary>Reads the value for the first time.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is broken.</exception>
    public ReloadedFile(IEnumerable<string?> paths, Func<T> read, TimeSpan interval, TimeProvider time, SecurityLog log)
    {
        this.paths = [.. paths.OfType<string>()];
        this.read = read;
        this.log = log;
        fingerprint = Fingerprint();
        current = read();
        timer = time.CreateTimer(_ => Look(), null, interval, interval);
    }

    /// <summary>Gets the value of the files' last valid content.</summary>
    public T Current => current;

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        lock (timer)
        {
            try
            {
                var seen = Fingerprint();
                if (seen.AsSpan().SequenceEqual(fingerprint))
                    return;
                fingerprint = seen;
                current = read();
                log.Reloaded(paths[0]);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                log.NotReloaded(paths[0], exception.Message);
            }
        }
    }

    private byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths)
            hash.AppendData(SHA256.HashData(RegularFile.ReadAllBytes(path, LargestFile)));
        return hash.GetHashAndReset();
    }
}
