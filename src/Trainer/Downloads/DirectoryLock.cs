namespace LeNetServe.Trainer.Downloads;

/// <summary>Keeps other processes that ask for the same lock out of a directory, until it is disposed of or this process ends, however it ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private readonly FileStream stream;

    private DirectoryLock(FileStream stream) => this.stream = stream;

    /// <summary>Takes the lock, waiting for its holder; <paramref name="onWait"/> is called once if there is one.</summary>
    public static async Task<DirectoryLock> TakeAsync(string path, TimeProvider time, Action onWait, CancellationToken cancellationToken)
    {
        for (var waited = false; ; waited = true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (!waited)
                onWait();
            await Task.Delay(TimeSpan.FromMilliseconds(250), time, cancellationToken);
        }
    }

    /// <summary>Takes the lock if nobody holds it. The file stays behind: removing it would let two processes each lock a file of that name.</summary>
    public static DirectoryLock? TryTake(string path)
    {
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception.HResult is SharingViolation or WouldBlockLinux or WouldBlockMac)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
