using System.Text;

namespace LeNetServe.Files;

/// <summary>Describes a file that is not of the kind that a reader expects, by its first bytes, with what to do about it.</summary>
public static class ForeignFile
{
    private const int LeastText = 8;
    private const int MostText = 24;
    private const string SaveAsPng = ": save it as PNG";
    private const string SaveAsJpeg = ": save it as JPEG";
    private const string SaveAFrame = ": save a frame as PNG";
    private const string Unpack = ": unpack it";
    private const string Camera = "the picture is the raw file of a camera";
    private const string Video = "the file is a video";
    private const string ReadAsText = "the bytes were read as text, which changes them";
    private const string SendAsBytes = ": read and send the file as bytes";
    private const string Decode = ": decode it";

    /// <summary>The first bytes, as Latin 1, in files that are known; letters of texts in lower case.</summary>
    private static readonly (string Start, string Found, string Advice)[] Kinds =
    [
        // The signature of PNG holds line ends to show this: curl -d leaves them out.
        ("\u0089PNG", "the PNG has lost its line ends", ": with curl send it by --data-binary"),
        ("II+\0", "the picture is BigTIFF", ": save it as TIFF or PNG"),
        ("MM\0+", "the picture is BigTIFF", ": save it as TIFF or PNG"),
        ("\u00c2\u0089PNG", ReadAsText, SendAsBytes),
        ("\u00c3\u00bf\u00c3\u0098", ReadAsText, SendAsBytes),
        ("\u00ef\u00bf\u00bd", ReadAsText, SendAsBytes),
        ("iVBORw0KGgo", "the file is a PNG in base64", Decode),
        ("/9j/", "the file is a JPEG in base64", Decode),
        ("R0lGOD", "the file is a GIF in base64", Decode),
        ("UklGR", "the file is a WebP in base64", Decode),
        ("\0\0\u0001\0", "the picture is ICO", SaveAsPng),
        ("\0\0\u0002\0", "the picture is CUR or TGA", SaveAsPng),
        ("icns", "the picture is ICNS", SaveAsPng),
        ("DDS ", "the picture is DDS", SaveAsPng),
        ("gimp xcf", "the picture is XCF", SaveAsPng),
        ("%!PS", "the picture is PostScript", SaveAsPng),
        ("\u00c5\u00d0\u00d3\u00c6", "the picture is PostScript", SaveAsPng),
        ("II\u00bc\u0001", "the picture is JPEG XR", SaveAsJpeg),
        ("#?RADIANCE", "the picture is Radiance HDR", SaveAsPng),
        ("FUJIFILMCCD-RAW", Camera, SaveAsJpeg),
        ("IIU\0", Camera, SaveAsJpeg),
        ("IIRO", Camera, SaveAsJpeg),
        ("IIRS", Camera, SaveAsJpeg),
        ("AT&TFORM", "the file is DjVu", ": save its page as PNG"),
        ("\u0093NUMPY", "the file is a NumPy array", SaveAsPng),
        ("\u001aE\u00df\u00a3", Video, SaveAFrame),
        ("\0\0\0\fjP  ", "the picture is JPEG 2000", SaveAsJpeg),
        ("\u00ffO\u00ffQ", "the picture is JPEG 2000", SaveAsJpeg),
        ("\0\0\0\fJXL ", "the picture is JPEG XL", SaveAsJpeg),
        ("\u00ff\n", "the picture is JPEG XL", SaveAsJpeg),
        ("8BPS", "the picture is PSD", SaveAsPng),
        ("qoif", "the picture is QOI", SaveAsPng),
        ("v/1\u0001", "the picture is OpenEXR", SaveAsPng),
        ("%PDF-", "the file is a PDF", ": save its page as PNG"),
        ("PK\u0003\u0004", "the file is a zip archive", Unpack),
        ("\u001f\u008b", "the file is compressed by gzip", Unpack),
        ("BZh", "the file is compressed by bzip2", Unpack),
        ("\u00fd7zXZ", "the file is compressed by xz", Unpack),
        ("(\u00b5/\u00fd", "the file is compressed by Zstandard", Unpack),
        ("7z\u00bc\u00af", "the file is a 7z archive", Unpack),
        ("Rar!", "the file is a RAR archive", Unpack),
        ("\0\u0005\u0016\a", "the file is macOS's AppleDouble data beside a picture", ": leave it out"),
    ];

    /// <summary>The same for texts, after a byte order mark and white space, in any case.</summary>
    private static readonly (string Start, string Found, string Advice)[] Texts =
    [
        ("version https://git-lfs", "the file is a pointer of Git LFS", ": fetch it by git lfs pull"),
        ("<!doctype html", "the file is an HTML page", ": fetch it anew"),
        ("<html", "the file is an HTML page", ": fetch it anew"),
        ("<svg", "the picture is SVG", SaveAsPng),
        ("<!doctype svg", "the picture is SVG", SaveAsPng),
        ("data:image/", "the file is a data URI", ": decode the base64 after its comma"),
    ];

    /// <summary>Says what a file is, and what to do about it; null if its first bytes are not those of a known kind.</summary>
    /// <param name="encoded">The file or its beginning.</param>
    public static (string Found, string Advice)? Known(ReadOnlySpan<byte> encoded)
    {
        foreach (var (start, found, advice) in Kinds)
            if (Encoding.Latin1.GetString(encoded[..Math.Min(start.Length, encoded.Length)]) == start)
                return (found, advice);
        if (encoded.Length >= 12 && encoded[4..].StartsWith("ftyp"u8) && KindOfBrand(encoded[8..12]) is { } kind)
            return kind;
        if (encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("AVI "u8))
            return (Video, SaveAFrame);
        if (encoded is [(byte)'P', >= (byte)'1' and <= (byte)'7', (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t', ..])
            return ("the picture is PNM", SaveAsPng);
        var text = Text(encoded);
        foreach (var (start, found, advice) in Texts)
            if (text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start))
                return (found, advice);
        if ((text.StartsWith("<?xml"u8) || text.StartsWith("<!--"u8)) && text[..Math.Min(text.Length, 1_024)].IndexOf("<svg"u8) >= 0)
            return ("the picture is SVG", SaveAsPng);
        return null;
    }

    /// <summary>Says what a file is, or how it starts, and what to do about it.</summary>
    /// <param name="encoded">The file, one byte at least.</param>
    public static (string Found, string Advice) Describe(ReadOnlySpan<byte> encoded)
    {
        if (Known(encoded) is { } known)
            return known;
        var text = Text(encoded);
        var end = text.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
        var line = text[..Math.Min(MostText, end < 0 ? text.Length : end)];
        return (line.Length >= LeastText || (line.Length == text.Length && !line.IsEmpty)
            ? $"the picture starts with the text \"{Encoding.ASCII.GetString(line)}\""
            : $"the picture starts with the bytes {Convert.ToHexStringLower(encoded[..Math.Min(8, encoded.Length)])}", "");
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> encoded) =>
        (encoded.StartsWith(Encoding.UTF8.Preamble) ? encoded[3..] : encoded).TrimStart(" \t\r\n"u8);

    /// <summary>Describes a file with an ISO container by its major brand; null if it is neither a picture's nor a video's.</summary>
    private static (string Found, string Advice)? KindOfBrand(ReadOnlySpan<byte> brand) => Encoding.ASCII.GetString(brand) switch
    {
        "avif" or "avis" => ("the picture is AVIF", SaveAsJpeg),
        "heic" or "heix" or "heim" or "heis" or "hevc" or "hevx" or "mif1" or "msf1" => ("the picture is HEIC", SaveAsJpeg),
        "crx " => (Camera, SaveAsJpeg),
        "qt  " or "isom" or "iso2" or "iso4" or "iso5" or "iso6" or "mp41" or "mp42" or "avc1" or "M4V " => (Video, SaveAFrame),
        _ => null,
    };
}
