using System.Formats.Tar;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// The entries of a tar of any size. The framework's reader keeps the data stream of every entry, 80 bytes, until it is closed itself; so readers
/// take turns on one stream.
/// </summary>
internal static class TarEntries
{
    /// <summary>Entries that one reader reads, at least.</summary>
    public const int PerReader = 1000;

    private const int BlockBytes = 512;

    /// <summary>The entries. An entry is good until the next one; who opens its data reads it to the end.</summary>
    public static IEnumerable<TarEntry> Read(Stream archive)
    {
        while (true)
        {
            using var reader = new TarReader(archive, leaveOpen: true);
            for (var count = 1; ; count++)
            {
                if (reader.GetNextEntry() is not { } entry)
                    yield break;
                var (data, length) = (entry.DataStream, entry.Length);
                yield return entry;
                if (count >= PerReader && data is not null)
                {
                    Pass(data, length, archive);
                    break;
                }
            }
        }
    }

    /// <summary>Goes to the end of an entry, a whole number of blocks, where the next reader begins.</summary>
    private static void Pass(Stream data, long length, Stream archive)
    {
        // What was closed was read.
        if (data.CanRead)
            data.CopyTo(Stream.Null);
        Span<byte> padding = stackalloc byte[BlockBytes];
        archive.ReadExactly(padding[..(int)((BlockBytes - (length % BlockBytes)) % BlockBytes)]);
    }
}
