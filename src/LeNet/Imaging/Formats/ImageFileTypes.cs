namespace LeNetServe.Imaging;

/// <summary>The file types that are read, as lists for names and messages. A file's own first bytes decide its type.</summary>
public static class ImageFileTypes
{
    /// <summary>The names, as a message shows them.</summary>
    public const string Names = "PNG, JPEG, BMP, GIF, WebP or TIFF";

    /// <summary>The extensions, in lower case, each with its dot.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"];

    /// <summary>Tells whether the name ends in one of the extensions, in any case.</summary>
    /// <param name="name">The bytes of a file name or path in UTF-8.</param>
    public static bool HasExtension(ReadOnlySpan<byte> name)
    {
        foreach (var extension in Extensions)
            if (name.Length > extension.Length && System.Text.Ascii.EqualsIgnoreCase(name[^extension.Length..], extension))
                return true;
        return false;
    }
}
