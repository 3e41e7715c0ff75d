using System.Text;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// Reads paths, as bytes, from a stream: one a line, or separated by zero bytes. Empty ones are left out. A byte order mark is not part of
/// a path. UTF-16 is read if it has its mark.
/// </summary>
internal static class PathList
{
    /// <summary>Reads the paths.</summary>
    /// <param name="stream">The list.</param>
    /// <param name="nullSeparated">Zero bytes separate the paths.</param>
    /// <param name="cancellationToken">Ends the wait for a stream without data, such as a terminal.</param>
    public static IEnumerable<byte[]> Read(Stream stream, bool nullSeparated, CancellationToken cancellationToken = default)
    {
        var separator = nullSeparated ? (byte)0 : (byte)'\n';
        var buffer = new byte[1 << 16];
        var filled = 0;
        int read;
        while (filled < 3 && (read = Next(stream, buffer.AsMemory(filled), cancellationToken)) > 0)
            filled += read;
        if (Utf16(buffer.AsSpan(0, filled)) is { } encoding)
        {
            using var whole = new MemoryStream();
            whole.Write(buffer, 2, filled - 2);
            while ((read = Next(stream, buffer, cancellationToken)) > 0)
                whole.Write(buffer, 0, read);
            stream = new MemoryStream(Encoding.Convert(encoding, Encoding.UTF8, whole.GetBuffer(), 0, (int)whole.Length));
            filled = 0;
        }
        else if (buffer.AsSpan(0, filled).StartsWith(Encoding.UTF8.Preamble))
        {
            buffer.AsSpan(3, filled - 3).CopyTo(buffer);
            filled -= 3;
        }
        do
        {
            var start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf(separator) is var length and >= 0)
            {
                if (Trimmed(buffer.AsSpan(start, length), nullSeparated) is { Length: > 0 } path)
                    yield return path;
                start += length + 1;
            }
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            read = Next(stream, buffer.AsMemory(filled), cancellationToken);
            filled += read;
        }
        while (read > 0);
        if (Trimmed(buffer.AsSpan(0, filled), nullSeparated) is { Length: > 0 } last)
            yield return last;
    }

    private static UnicodeEncoding? Utf16(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true),
        [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true),
        _ => null,
    };

    // A read from a terminal or a pipe cannot be canceled; it is left behind.
    private static int Next(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? Task.Run(() => stream.Read(buffer.Span), CancellationToken.None).WaitAsync(cancellationToken).GetAwaiter().GetResult()
        : stream.Read(buffer.Span);

    private static byte[] Trimmed(ReadOnlySpan<byte> line, bool nullSeparated) =>
        (!nullSeparated && line is [.., (byte)'\r'] ? line[..^1] : line).ToArray();
}
