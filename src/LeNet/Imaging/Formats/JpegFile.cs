using System.Buffers.Binary;
using LeNetServe.Randomness;

namespace LeNetServe.Imaging;

/// <summary>Reads a JPEG's markers (ITU-T T.81, annex B): its EXIF data, size and end, and the coefficients of its scans.</summary>
internal static class JpegFile
{
    /// <summary>More scans than usual: a progressive JPEG has about ten, and each one passes over all pixels.</summary>
    public const int ManyScans = 16;

    private const byte EndOfImage = 0xd9;
    private const byte StartOfScan = 0xda;
    private const byte Application1 = 0xe1;
    private const byte RestartInterval = 0xdd;
    private const byte FirstRestart = 0xd0;
    private const int Restarts = 8;
    private const int PaddingBytes = 4096;
    private const int RestartBytes = 512;

    /// <summary>Gets the TIFF structure of the EXIF segment; empty if there is none.</summary>
    public static ReadOnlySpan<byte> Exif(ReadOnlySpan<byte> encoded)
    {
        var markers = new Markers(encoded);
        while (markers.Next() && markers.Code is not (StartOfScan or EndOfImage))
            if (markers.Code == Application1 && markers.Segment.StartsWith("Exif\0\0"u8))
                return markers.Segment[6..];
        return default;
    }

    /// <summary>Refuses kinds that the decoder does not know: samples of other than 8 bits, lossless and hierarchical files.</summary>
    /// <exception cref="ImageException">The file is of such a kind.</exception>
    public static void CheckKind(ReadOnlySpan<byte> encoded)
    {
        const string Expected = "expected a baseline or progressive one of 8 bits: save it so, or as PNG";
        var markers = new Markers(encoded);
        while (markers.Next() && markers.Code is not (StartOfScan or EndOfImage))
            if (IsFrame(markers.Code) && (markers.Code & 7) > 2)
                throw new ImageException(ImageFault.UnknownFormat, $"the JPEG is lossless or hierarchical, {Expected}");
            else if (IsFrame(markers.Code) && markers.Segment is [(12 or 16) and var bits, ..])
                throw new ImageException(ImageFault.UnknownFormat, $"the JPEG has samples of {bits} bits, {Expected}");
    }

    /// <summary>Tells whether the first scan brings every component to its last bit, as in most baseline files.</summary>
    public static bool IsInOneScan(ReadOnlySpan<byte> encoded)
    {
        byte frame = 0;
        var components = 0;
        var markers = new Markers(encoded);
        while (markers.Next() && markers.Code != EndOfImage)
            if (IsFrame(markers.Code) && markers.Segment.Length > 5)
            {
                frame = markers.Code;
                components = markers.Segment[5];
            }
            else if (markers.Code == StartOfScan)
                return !IsProgressive(frame) && markers.Segment is [var scanned, ..] && scanned == components;
        return false;
    }

    /// <summary>Tells whether the file has arithmetic coding in place of Huffman's.</summary>
    public static bool IsArithmetic(ReadOnlySpan<byte> encoded)
    {
        var markers = new Markers(encoded);
        while (markers.Next() && markers.Code is not (StartOfScan or EndOfImage))
            if (IsFrame(markers.Code))
                return markers.Code > 0xc8;
        return false;
    }

    /// <summary>Gets the pixels that the frame's header promises; 0 if there is none.</summary>
    public static long Pixels(ReadOnlySpan<byte> encoded)
    {
        var markers = new Markers(encoded);
        while (markers.Next() && markers.Code is not (StartOfScan or EndOfImage))
            if (IsFrame(markers.Code) && markers.Segment is [_, _, _, _, _, ..] frame)
                return (long)BinaryPrimitives.ReadUInt16BigEndian(frame[1..]) * BinaryPrimitives.ReadUInt16BigEndian(frame[3..]);
        return 0;
    }

    /// <summary>Counts the scans, and gets the place of the end marker; -1 if there is none.</summary>
    public static (int Scans, int End) Extent(ReadOnlySpan<byte> encoded)
    {
        var scans = 0;
        var markers = new Markers(encoded);
        while (markers.Next())
            if (markers.Code == EndOfImage)
                return (scans, encoded.Length - markers.Left - 2);
            else
                scans += markers.Code == StartOfScan ? 1 : 0;
        return (scans, -1);
    }

    /// <summary>
    /// Tells whether the scans bring every coefficient of every component to its last bit. A baseline file has one scan of each component,
    /// a progressive one has many. The last scan may still be cut.
    /// </summary>
    public static bool HasEveryScan(ReadOnlySpan<byte> encoded)
    {
        const int Coefficients = 64;
        var components = new Dictionary<byte, byte[]>();
        var isProgressive = false;
        var markers = new Markers(encoded);
        while (markers.Next())
        {
            var segment = markers.Segment;
            if (IsFrame(markers.Code) && segment.Length > 5)
            {
                isProgressive = IsProgressive(markers.Code);
                for (var at = 6; at < segment.Length; at += 3)
                    components[segment[at]] = [.. Enumerable.Repeat((byte)0xff, Coefficients)];
            }
            if (markers.Code != StartOfScan || segment.Length < 6 || segment.Length < 4 + 2 * segment[0])
                continue;
            var band = segment[(1 + 2 * segment[0])..];
            for (var index = 0; index < segment[0]; index++)
                if (components.TryGetValue(segment[1 + 2 * index], out var missingBits))
                    for (var at = isProgressive ? band[0] : 0; at <= (isProgressive ? Math.Min(band[1], (byte)63) : 63); at++)
                        missingBits[at] = isProgressive ? (byte)(band[2] & 0xf) : (byte)0;
        }
        return components.Count > 0 && components.Values.All(missingBits => !missingBits.AsSpan().ContainsAnyExcept((byte)0));
    }

    /// <summary>
    /// Makes a file with an end of one that lacks it: zeros at its end go, then come random bytes, restart markers if the file has some,
    /// and the end marker. A decoder that has every pixel does not look at these bytes, so all give the same picture. A decoder that lacks
    /// some takes them for data.
    /// </summary>
    /// <param name="encoded">The file.</param>
    /// <param name="first">The first of the random bytes and the seed of the others.</param>
    public static byte[] Ended(ReadOnlySpan<byte> encoded, byte first)
    {
        encoded = encoded.TrimEnd((byte)0);
        var ended = new byte[encoded.Length + 1 + PaddingBytes + 2];
        encoded.CopyTo(ended);
        // The zero after 0xff belongs to the data.
        var start = encoded.Length + (encoded is [.., 0xff] ? 1 : 0);
        var random = SplitMix64.For(seed: first, stream: 0, index: 0);
        for (var place = start; place < start + PaddingBytes; place++)
            ended[place] = place == start ? first : (byte)random.Next(0xff);
        // A decoder that expects a restart marker skips everything before it, and fills what is missing with gray.
        if (HasRestarts(encoded))
            for (var (place, marker) = (start + RestartBytes, NextRestart(encoded)); place < start + PaddingBytes; place += RestartBytes)
            {
                ended[place] = 0xff;
                ended[place + 1] = (byte)(FirstRestart + marker++ % Restarts);
            }
        ended[start + PaddingBytes] = 0xff;
        ended[start + PaddingBytes + 1] = EndOfImage;
        return ended;
    }

    private static bool IsFrame(byte code) => code is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc);

    private static bool IsProgressive(byte frame) => (frame & 3) == 2;

    private static bool HasRestarts(ReadOnlySpan<byte> encoded)
    {
        var markers = new Markers(encoded);
        while (markers.Next())
            if (markers.Code == RestartInterval)
                return true;
        return false;
    }

    /// <summary>Gets the number of the restart marker that would come next; the first of a scan is 0.</summary>
    private static int NextRestart(ReadOnlySpan<byte> encoded)
    {
        for (var at = encoded.Length - 2; at >= 0; at--)
            if (encoded[at] == 0xff && encoded[at + 1] is StartOfScan or (>= FirstRestart and < FirstRestart + Restarts))
                return encoded[at + 1] == StartOfScan ? 0 : (encoded[at + 1] - FirstRestart + 1) % Restarts;
        return 0;
    }

    /// <summary>Walks from marker to marker; entropy-coded data lie between the segments.</summary>
    private ref struct Markers(ReadOnlySpan<byte> encoded)
    {
        private ReadOnlySpan<byte> rest = encoded[Math.Min(2, encoded.Length)..];

        public byte Code { get; private set; }

        /// <summary>The number of bytes after the marker and its segment.</summary>
        public readonly int Left => rest.Length;

        /// <summary>The content of the marker's segment, without its length.</summary>
        public ReadOnlySpan<byte> Segment { get; private set; }

        public bool Next()
        {
            while (rest.IndexOf((byte)0xff) is >= 0 and var at && at + 1 < rest.Length)
            {
                Code = rest[at + 1];
                rest = rest[(at + (Code == 0xff ? 1 : 2))..];
                Segment = default;
                if (Code is 0 or 1 or 0xff or (>= 0xd0 and <= 0xd8))
                    continue;
                if (Code == EndOfImage)
                    return true;
                if (rest.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(rest) is var length && (length < 2 || length > rest.Length))
                    return false;
                Segment = rest[2..length];
                rest = rest[length..];
                return true;
            }
            return false;
        }
    }
}
