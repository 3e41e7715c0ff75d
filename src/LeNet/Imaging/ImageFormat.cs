namespace LeNetServe.Imaging;

/// <summary>The file formats, told by their first bytes and never by a file's name; spelt as messages show them.</summary>
internal enum ImageFormat
{
    PNG,
    JPEG,
    BMP,
    GIF,
    WebP,
}
