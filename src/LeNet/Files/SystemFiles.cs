using System.Text;

namespace LeNetServe.Files;

/// <summary>
/// The files and folders that systems and tools leave among a user's pictures. They are passed over unless the user names them:
/// hidden ones (AppleDouble's <c>._1.png</c>, <c>.Trash-1000</c>) and those of macOS archives, NAS indexes and Windows.
/// </summary>
public static class SystemFiles
{
    private static readonly string[] Names =
        ["__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information", "lost+found", "Thumbs.db", "desktop.ini"];

    /// <summary>Tells whether a file or a folder of this name, without its path, is such a one.</summary>
    public static bool Owns(string name) => Owns(Encoding.UTF8.GetBytes(name));

    /// <summary>Tells whether a file or a folder of this name, as bytes, is such a one.</summary>
    public static bool Owns(ReadOnlySpan<byte> name)
    {
        if (name is [(byte)'.', not (byte)'.', ..] or [(byte)'.', (byte)'.', _, ..])
            return true;
        foreach (var known in Names)
            if (Ascii.EqualsIgnoreCase(name, known))
                return true;
        return false;
    }

    /// <summary>Tells whether any part of a relative path with forward slashes is such a name.</summary>
    public static bool OwnsPartOf(ReadOnlySpan<byte> path)
    {
        foreach (var part in path.Split((byte)'/'))
            if (Owns(path[part]))
                return true;
        return false;
    }
}
