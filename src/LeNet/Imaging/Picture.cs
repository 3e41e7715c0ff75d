namespace LeNetServe.Imaging;

/// <summary>The pixels of a picture of any size, C×H×W bytes, in rented memory.</summary>
internal readonly struct Picture(int channels, int height, int width) : IDisposable
{
    private readonly byte[] buffer = Scratch.Rent<byte>(channels * height * width);

    public int Channels { get; } = channels;

    public int Height { get; } = height;

    public int Width { get; } = width;

    /// <summary>All pixels, C×H×W.</summary>
    public Span<byte> Pixels => buffer.AsSpan(0, Channels * Height * Width);

    /// <summary>The pixels of one channel, H×W.</summary>
    public Span<byte> Plane(int channel) => buffer.AsSpan(channel * Height * Width, Height * Width);

    /// <summary>One row of one channel.</summary>
    public Span<byte> Row(int channel, int row) => buffer.AsSpan((channel * Height + row) * Width, Width);

    /// <summary>Tells whether the picture has that size.</summary>
    public bool Is(int height, int width) => Height == height && Width == width;

    public void Dispose() => Scratch.Return(buffer);
}
