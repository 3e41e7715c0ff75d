using System.Security.Cryptography;

namespace LeNetServe.Trainer.Downloads;

/// <summary>A lock on a directory, held by one process until it disposes of the lock or ends, however it ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private readonly string path;
    private readonly FileStream stream;

    private DirectoryLock(string path, FileStream stream)
    {
        this.path = path;
        this.stream = stream;
    }

    // Windows deletes an open file only if it was opened so; elsewhere only None excludes others.
    private static FileShare Exclusive => OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    /// <summary>Takes the lock and waits for its holder; <paramref name="onWait"/> is called once if there is one.</summary>
    public static async Task<DirectoryLock> TakeAsync(string path, TimeProvider time, Action onWait, CancellationToken cancellationToken)
    {
        var waited = false;
        while (true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (!waited)
                onWait();
            waited = true;
            await Task.Delay(TimeSpan.FromMilliseconds(250), time, cancellationToken);
        }
    }

    /// <summary>Takes the lock if nobody holds it; null otherwise. The file goes when the lock is disposed of.</summary>
    public static DirectoryLock? TryTake(string path)
    {
        try
        {
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Exclusive);
            // The holder before may delete the file between opening and locking here. Another process then locks a new file of that name.
            stream.SetLength(RandomNumberGenerator.GetInt32(1, 1 << 16));
            if (new FileInfo(path) is { Exists: true } file && file.Length == stream.Length)
                return new(path, stream);
            stream.Dispose();
            return null;
        }
        catch (IOException exception) when (exception.HResult is SharingViolation or WouldBlockLinux or WouldBlockMac)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(path);
        stream.Dispose();
    }
}
