namespace LeNetServe.BatchScorer.Outputs;

/// <summary>A stream to a file that gets its name only when it is complete, or to standard output.</summary>
internal sealed class OutputSink : IDisposable
{
    public const string StandardOutput = "-";

    private readonly string path;
    private readonly string? temporary;
    private bool published;

    public OutputSink(string path)
    {
        this.path = path;
        if (path == StandardOutput)
        {
            Stream = Console.OpenStandardOutput();
            return;
        }
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        temporary = $"{path}.{Environment.ProcessId}.tmp";
        Stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
    }

    public Stream Stream { get; }

    public void Publish()
    {
        if (temporary is not null)
        {
            ((FileStream)Stream).Flush(flushToDisk: true);
            Stream.Dispose();
            File.Move(temporary, path, overwrite: true);
        }
        else
        {
            Stream.Flush();
        }
        published = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (temporary is not null && !published)
            File.Delete(temporary);
    }
}
