using Google.Protobuf;

namespace LeNetServe.Client;

/// <summary>An image to classify: an encoded file or raw pixels. The bytes must not change before the call ends.</summary>
public readonly struct ImageSource
{
    private readonly ReadOnlyMemory<byte> bytes;
    private readonly bool isPixels;

    private ImageSource(ReadOnlyMemory<byte> bytes, bool isPixels, string id)
    {
        this.bytes = bytes;
        this.isPixels = isPixels;
        Id = id;
    }

    /// <summary>Gets the id. The caller chooses the id, and the outcome repeats it.</summary>
    public string Id { get; }

    /// <summary>Creates an image from the content of a PNG, JPEG, BMP, GIF, WebP or TIFF file.</summary>
    public static ImageSource Encoded(ReadOnlyMemory<byte> file, string id = "") => new(file, isPixels: false, id);

    /// <summary>
    /// Creates an image from raw pixels of the model's size: C×H×W bytes, 0..255, row-major. The server uses the pixels unchanged.
    /// </summary>
    public static ImageSource Pixels(ReadOnlyMemory<byte> pixels, string id = "") => new(pixels, isPixels: true, id);

    internal V1.Image ToMessage()
    {
        var content = UnsafeByteOperations.UnsafeWrap(bytes);
        return isPixels ? new V1.Image { Pixels = content } : new V1.Image { Encoded = content };
    }
}
