namespace LeNetServe.Files;

/// <summary>Writes files that are whole or absent: under a temporary name in the same folder, flushed to disk, then renamed.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file. If that fails, the temporary file is deleted and an older file stays.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        using var file = new TemporaryFile(path);
        write(file.Stream);
        file.Publish();
    }

    /// <summary>Writes text as UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
