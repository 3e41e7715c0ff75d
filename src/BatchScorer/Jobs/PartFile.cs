using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>
/// A finished part: a header line, its rows, and a last line with the SHA-256 of all before it. It is published by rename.
/// A file that a power cut left half on the disk fails the check and counts as missing.
/// </summary>
internal sealed record PartFile(PartHeader Header, IReadOnlyList<ScoreRow> Rows)
{
    private const int TrailerBytes = 65;

    /// <summary>Reads a part; null if it is missing or damaged.</summary>
    public static PartFile? TryRead(string path)
    {
        if (!File.Exists(path))
            return null;
        var bytes = RegularFile.ReadAllBytes(path, Array.MaxLength);
        if (bytes.Length < TrailerBytes || bytes[^1] != (byte)'\n')
            return null;
        var content = bytes.AsSpan(0, bytes.Length - TrailerBytes);
        if (!bytes.AsSpan(content.Length, TrailerBytes - 1).SequenceEqual(Trailer(content)))
            return null;
        try
        {
            return Parse(content);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes a part, unless the same bytes are there already.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="rows">The text of its rows.</param>
    public static void Write(string path, PartHeader header, ReadOnlySpan<byte> rows)
    {
        var content = new ArrayBufferWriter<byte>(rows.Length + 1024);
        content.Write(JsonSerializer.SerializeToUtf8Bytes(header, JobJson.Default.PartHeader));
        content.Write("\n"u8);
        content.Write(rows);
        content.Write(Trailer(content.WrittenSpan));
        content.Write("\n"u8);
        if (File.Exists(path) && RegularFile.ReadAllBytes(path, Array.MaxLength).AsSpan().SequenceEqual(content.WrittenSpan))
            return;
        using var file = new TemporaryFile(path);
        file.Stream.Write(content.WrittenSpan);
        // The check in the last line stands in for a flush to the disk.
        file.Publish(flush: false);
    }

    private static PartFile Parse(ReadOnlySpan<byte> content)
    {
        var end = content.IndexOf((byte)'\n');
        var header = JsonSerializer.Deserialize(content[..end], JobJson.Default.PartHeader) ?? throw new JsonException("null");
        var rows = new List<ScoreRow>(header.Count);
        for (content = content[(end + 1)..]; !content.IsEmpty; content = content[(end + 1)..])
        {
            end = content.IndexOf((byte)'\n');
            rows.Add(PartRows.Read(content[..end], header.Scoring.TopK));
        }
        return rows.Count == header.Count && header.Format == 1
            ? new PartFile(header, rows)
            : throw new JsonException($"found {rows.Count} rows, expected {header.Count}");
    }

    private static byte[] Trailer(ReadOnlySpan<byte> content) =>
        System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(content)));
}
