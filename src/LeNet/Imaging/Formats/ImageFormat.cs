namespace LeNetServe.Imaging;

/// <summary>The file formats, spelled as messages show them. A file's first bytes tell its format, never its name.</summary>
internal enum ImageFormat
{
    PNG,
    JPEG,
    BMP,
    GIF,
    WebP,
    TIFF,
}
