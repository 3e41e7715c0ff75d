using Google.Protobuf;

namespace LeNetServe.Client;

/// <summary>One image to classify: an encoded file or raw pixels. The bytes must not change until the call has ended.</summary>
public readonly struct ImageSource
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly bool _isPixels;

    private ImageSource(ReadOnlyMemory<byte> bytes, bool isPixels, string id) => (_bytes, _isPixels, Id) = (bytes, isPixels, id);

    /// <summary>The caller's own; comes back with the answer of a stream.</summary>
    public string Id { get; }

    /// <summary>A PNG, JPEG, BMP, GIF or WebP file's content.</summary>
    public static ImageSource Encoded(ReadOnlyMemory<byte> file, string id = "") => new(file, isPixels: false, id);

    /// <summary>Raw pixels of exactly the model's size: C×H×W bytes, 0..255, row-major. The server does no imaging.</summary>
    public static ImageSource Pixels(ReadOnlyMemory<byte> pixels, string id = "") => new(pixels, isPixels: true, id);

    internal V1.Image ToMessage()
    {
        var bytes = UnsafeByteOperations.UnsafeWrap(_bytes);
        return _isPixels ? new V1.Image { Pixels = bytes } : new V1.Image { Encoded = bytes };
    }
}
