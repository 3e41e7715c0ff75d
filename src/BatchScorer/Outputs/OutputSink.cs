using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>A stream to a file that gets its name only when it is complete, or to standard output.</summary>
internal sealed class OutputSink : IDisposable
{
    public const string StandardOutput = "-";

    private readonly TemporaryFile? file;

    public OutputSink(string path)
    {
        if (path == StandardOutput)
        {
            Stream = Console.OpenStandardOutput();
            return;
        }
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        file = new TemporaryFile(path, FileAccess.ReadWrite, bufferSize: 0);
        Stream = file.Stream;
    }

    public Stream Stream { get; }

    public void Publish()
    {
        if (file is not null)
            file.Publish();
        else
            Stream.Flush();
    }

    public void Dispose()
    {
        Stream.Dispose();
        file?.Dispose();
    }
}
