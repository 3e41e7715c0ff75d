namespace LeNetServe.Exporter.Publish;

/// <summary>The files of a model version by name, ready to be written.</summary>
internal sealed class VersionFiles : Dictionary<string, ReadOnlyMemory<byte>>
{
    /// <summary>An empty set of files.</summary>
    public VersionFiles()
        : base(StringComparer.Ordinal)
    {
    }

    /// <summary>Adds a text file, UTF-8 without a byte order mark.</summary>
    public void AddText(string name, string text) => Add(name, System.Text.Encoding.UTF8.GetBytes(text));
}
