namespace LeNetServe.Imaging;

/// <summary>The file formats, told by their first bytes and never by a file's name.</summary>
internal enum ImageFormat
{
    Png,
    Jpeg,
    Bmp,
    Gif,
    WebP,
}
