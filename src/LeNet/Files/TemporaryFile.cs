namespace LeNetServe.Files;

/// <summary>
/// A file under a temporary name beside its path, which it gets when it is complete. Failures name the path, not the temporary name.
/// </summary>
public sealed class TemporaryFile : IDisposable
{
    private readonly string path;
    private readonly string temporary;
    private bool published;

    /// <summary>Creates the file.</summary>
    public TemporaryFile(string path, FileAccess access = FileAccess.Write, int bufferSize = 1 << 16)
    {
        this.path = path;
        temporary = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        Stream = Named(() => new FileStream(temporary, FileMode.CreateNew, access, FileShare.None, bufferSize));
    }

    /// <summary>Gets the stream to the file.</summary>
    public FileStream Stream { get; }

    /// <summary>Flushes the file to the disk and gives it the path, in place of an older file.</summary>
    public void Publish()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        Named(() =>
        {
            File.Move(temporary, path, overwrite: true);
            return true;
        });
        published = true;
    }

    /// <summary>Deletes the file unless it was published.</summary>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        finally
        {
            if (!published)
                File.Delete(temporary);
        }
    }

    private T Named<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException(Message(exception), exception);
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new DirectoryNotFoundException(Message(exception), exception);
        }
        catch (IOException exception)
        {
            throw new IOException(Message(exception), exception);
        }
    }

    private string Message(Exception exception)
    {
        var reason = exception.Message.Replace(Path.GetFullPath(temporary), Path.GetFullPath(path), StringComparison.Ordinal);
        return $"{path} cannot be written: {reason}";
    }
}
