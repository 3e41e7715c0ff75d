namespace LeNetServe.Imaging;

/// <summary>Why a picture was refused.</summary>
public enum ImageFault
{
    /// <summary>The bytes are not a PNG, JPEG, BMP, GIF or WebP file.</summary>
    UnknownFormat,

    /// <summary>The file ends before the picture does.</summary>
    Truncated,

    /// <summary>The file contradicts itself: a wrong checksum, a size of zero, a broken table.</summary>
    Damaged,

    /// <summary>More pixels than the limit; known from the header, nothing was decoded.</summary>
    TooLarge,

    /// <summary>Not the size that is wanted, and <see cref="Geometry.None"/> forbids to change it.</summary>
    WrongSize,
}
