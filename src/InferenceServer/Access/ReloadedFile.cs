using System.Security.Cryptography;

namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// A value read from files and read again when they change. The files are looked at on a timer, because the links that Kubernetes swaps
/// escape file watchers. Files that cannot be read leave the old value.
/// </summary>
/// <typeparam name="T">What the files hold.</typeparam>
internal sealed class ReloadedFile<T> : IDisposable
    where T : class
{
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
        (this.paths, this.read, this.log) = ([.. paths.OfType<string>()], read, log);
        fingerprint = Fingerprint();
        current = read();
        timer = time.CreateTimer(_ => Look(), null, interval, interval);
    }

    /// <summary>The value of the files' last good state.</summary>
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
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(path)));
        return hash.GetHashAndReset();
    }
}
