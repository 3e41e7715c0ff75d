namespace LeNetServe.BatchScorer.Inputs;

/// <summary>Reads paths, as bytes, from a stream: one a line, or separated by zero bytes. Empty ones are left out.</summary>
internal static class PathList
{
    /// <param name="stream">Where they stand.</param>
    /// <param name="nullSeparated">Whether zero bytes part them.</param>
    /// <param name="cancellationToken">Ends the wait for a stream that has nothing to say, such as a terminal.</param>
    public static IEnumerable<byte[]> Read(Stream stream, bool nullSeparated, CancellationToken cancellationToken = default)
    {
        var separator = nullSeparated ? (byte)0 : (byte)'\n';
        var buffer = new byte[1 << 16];
        var filled = 0;
        int read;
        while ((read = Next(stream, buffer.AsMemory(filled), cancellationToken)) > 0)
        {
            filled += read;
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
        }
        if (Trimmed(buffer.AsSpan(0, filled), nullSeparated) is { Length: > 0 } last)
            yield return last;
    }

    // A read from a terminal or a pipe cannot be called off; it is left behind.
    private static int Next(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? Task.Run(() => stream.Read(buffer.Span), CancellationToken.None).WaitAsync(cancellationToken).GetAwaiter().GetResult()
        : stream.Read(buffer.Span);

    private static byte[] Trimmed(ReadOnlySpan<byte> line, bool nullSeparated) =>
        (!nullSeparated && line is [.., (byte)'\r'] ? line[..^1] : line).ToArray();
}
