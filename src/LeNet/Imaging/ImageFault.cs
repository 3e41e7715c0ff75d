namespace LeNetServe.Imaging;

/// <summary>The reason for which a picture was refused.</summary>
public enum ImageFault
{
    /// <summary>The bytes are not a picture file of the formats that are read.</summary>
    UnknownFormat,

    /// <summary>The file ends before the picture does.</summary>
    Truncated,

    /// <summary>The file contradicts itself: a wrong checksum, a size of zero, a broken table.</summary>
    Damaged,

    /// <summary>The picture has more pixels than the limit. The header says so; nothing was decoded.</summary>
    TooLarge,

    /// <summary>The picture has another size than the model, and <see cref="Geometry.None"/> forbids to change it.</summary>
    WrongSize,
}
