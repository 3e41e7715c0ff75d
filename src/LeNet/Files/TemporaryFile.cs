using System.Text.RegularExpressions;

namespace LeNetServe.Files;

/// <summary>
/// A file under a temporary name beside its path, which it gets when it is complete. Failures name the path, not the temporary name.
/// </summary>
public sealed partial class TemporaryFile : IDisposable
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

    /// <summary>Puts the paths of files into a message, such as of a stream on a full disk, in place of temporary names.</summary>
    public static string WithPaths(string message) => Ending().Replace(message, "");

    /// <summary>Gets the stream to the file. Its failures name the temporary file (<see cref="WithPaths"/>).</summary>
    public FileStream Stream { get; }

    /// <summary>Gives the file its path.</summary>
    /// <param name="name">The path, in the same folder, if it depends on the content; null for the path of the constructor.</param>
    /// <param name="flush">False if a reader finds out by itself that a power cut left half of the file on the disk.</param>
    /// <param name="replace">False if an older file is to stay; the call then fails.</param>
    /// <exception cref="IOException">The file cannot be written, or an older one stays.</exception>
    public void Publish(string? name = null, bool flush = true, bool replace = true)
    {
        Stream.Flush(flush);
        Stream.Dispose();
        Named(() =>
        {
            File.Move(temporary, name ?? path, replace);
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

    private string Message(Exception exception) => $"{path} cannot be written: {WithPaths(exception.Message)}";

    [GeneratedRegex(@"\.\d+-[0-9a-f]{32}\.tmp\b")]
    private static partial Regex Ending();
}
