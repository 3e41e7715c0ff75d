using BitMiracle.LibTiff.Classic;

namespace LeNetServe.TestPictures;

/// <summary>Writes TIFF files of every kind that scanners and programs make. Source: TIFF 6.0.</summary>
public sealed record TiffWriter
{
    /// <summary>Columns.</summary>
    public required int Width { get; init; }

    /// <summary>Rows.</summary>
    public required int Height { get; init; }

    /// <summary>Gives the samples at (x, y); pages after the first are filled with zero.</summary>
    public required Func<int, int, int[]> Pixel { get; init; }

    /// <summary>Bits per sample.</summary>
    public int Depth { get; init; } = 8;

    /// <summary>The meaning of the samples.</summary>
    public Photometric Photometric { get; init; } = Photometric.MINISBLACK;

    /// <summary>The way to compress.</summary>
    public Compression Compression { get; init; } = Compression.NONE;

    /// <summary>The orientation, 1 to 8; 0 writes no tag.</summary>
    public int Orientation { get; init; }

    /// <summary>The side of a tile, a multiple of 16; 0 writes strips.</summary>
    public int Tile { get; init; }

    /// <summary>The kind of a fourth sample.</summary>
    public ExtraSample? Extra { get; init; }

    /// <summary>The kind of numbers; null writes no tag.</summary>
    public SampleFormat? Format { get; init; }

    /// <summary>Red, green and blue of a palette, 16 bits each.</summary>
    public ushort[][] Palette { get; init; } = [];

    /// <summary>Writes numbers with the high byte first.</summary>
    public bool IsBigEndian { get; init; }

    /// <summary>The kind of each page; null writes no tag.</summary>
    public FileType? Subfile { get; init; }

    /// <summary>The number of pages.</summary>
    public int Pages { get; init; } = 1;

    /// <summary>The whole file.</summary>
    public byte[] ToArray()
    {
        var file = new MemoryStream();
        using (var tiff = Tiff.ClientOpen("picture", IsBigEndian ? "wb" : "wl", file, new TiffStream()))
            for (var page = 0; page < Pages; page++)
            {
                WriteTags(tiff);
                if (Tile > 0)
                    WriteTiles(tiff, page);
                else
                    for (var y = 0; y < Height; y++)
                        tiff.WriteScanline(Row(page, 0, y, Width), y);
                tiff.WriteDirectory();
            }
        return file.ToArray();
    }

    private void WriteTags(Tiff tiff)
    {
        tiff.SetField(TiffTag.IMAGEWIDTH, Width);
        tiff.SetField(TiffTag.IMAGELENGTH, Height);
        tiff.SetField(TiffTag.BITSPERSAMPLE, Depth);
        tiff.SetField(TiffTag.SAMPLESPERPIXEL, Pixel(0, 0).Length);
        tiff.SetField(TiffTag.PHOTOMETRIC, Photometric);
        tiff.SetField(TiffTag.COMPRESSION, Compression);
        tiff.SetField(TiffTag.PLANARCONFIG, PlanarConfig.CONTIG);
        if (Subfile is { } subfile)
            tiff.SetField(TiffTag.SUBFILETYPE, subfile);
        if (Orientation > 0)
            tiff.SetField(TiffTag.ORIENTATION, (Orientation)Orientation);
        if (Extra is { } extra)
            tiff.SetField(TiffTag.EXTRASAMPLES, 1, new[] { (short)extra });
        if (Format is { } format)
            tiff.SetField(TiffTag.SAMPLEFORMAT, format);
        if (Palette is [var red, var green, var blue])
            tiff.SetField(TiffTag.COLORMAP, red, green, blue);
        if (Tile == 0)
            tiff.SetField(TiffTag.ROWSPERSTRIP, 5);
        else
        {
            tiff.SetField(TiffTag.TILEWIDTH, Tile);
            tiff.SetField(TiffTag.TILELENGTH, Tile);
        }
    }

    private void WriteTiles(Tiff tiff, int page)
    {
        for (var top = 0; top < Height; top += Tile)
            for (var left = 0; left < Width; left += Tile)
            {
                var tile = new List<byte>();
                for (var y = top; y < top + Tile; y++)
                    tile.AddRange(Row(page, left, y, Tile));
                tiff.WriteTile([.. tile], left, top, 0, 0);
            }
    }

    private byte[] Row(int page, int left, int y, int columns)
    {
        var samples = Enumerable.Range(left, columns)
            .SelectMany(x => page > 0 ? new int[Pixel(0, 0).Length] : Pixel(Math.Min(x, Width - 1), Math.Min(y, Height - 1))).ToArray();
        var row = new byte[(samples.Length * Depth + 7) / 8];
        for (var index = 0; index < samples.Length; index++)
            if (Depth == 16)
                BitConverter.TryWriteBytes(row.AsSpan(2 * index), (ushort)samples[index]);
            else
                row[index * Depth / 8] |= (byte)(samples[index] << (8 - Depth - index * Depth % 8));
        return row;
    }
}
