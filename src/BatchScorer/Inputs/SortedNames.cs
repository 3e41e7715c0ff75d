using System.Buffers.Binary;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// Sorts names, each with a byte of type, in constant memory. They are added in any order and read in the order of their bytes.
/// Names that do not fit are sorted into runs on disk, which are merged while reading.
/// </summary>
internal sealed class SortedNames(int arenaBytes = 1 << 20) : IDisposable
{
    private readonly List<int> starts = [];
    private readonly List<(long Start, int Count)> runs = [];
    private byte[] arena = new byte[Math.Min(arenaBytes, 1 << 14)];
    private int used;
    private FileStream? spill;

    // A record in the arena and on disk: length of the name (2 bytes, little-endian), type, name.
    private const int HeaderBytes = 3;

    public void Add(ReadOnlySpan<byte> name, byte type)
    {
        var size = HeaderBytes + name.Length;
        if (used + size > arena.Length)
        {
            if (arena.Length < arenaBytes)
                Array.Resize(ref arena, Math.Min(arenaBytes, Math.Max(arena.Length * 4, size)));
            else
                Spill();
        }
        starts.Add(used);
        BinaryPrimitives.WriteUInt16LittleEndian(arena.AsSpan(used), (ushort)name.Length);
        arena[used + 2] = type;
        name.CopyTo(arena.AsSpan(used + HeaderBytes));
        used += size;
    }

    /// <summary>The names in order, each valid until the next. May be read once.</summary>
    public IEnumerable<(ReadOnlyMemory<byte> Name, byte Type)> InOrder()
    {
        SortArena();
        return spill is null ? Arena() : Merge();
    }

    public void Dispose() => spill?.Dispose();

    private IEnumerable<(ReadOnlyMemory<byte> Name, byte Type)> Arena()
    {
        foreach (var start in starts)
            yield return (arena.AsMemory(start + HeaderBytes, LengthAt(start)), arena[start + 2]);
    }

    private IEnumerable<(ReadOnlyMemory<byte> Name, byte Type)> Merge()
    {
        var readers = new List<IEnumerator<(ReadOnlyMemory<byte> Name, byte Type)>>(
            [Arena().GetEnumerator(), .. runs.Select(run => Run(run.Start, run.Count).GetEnumerator())]);
        var queue = new PriorityQueue<IEnumerator<(ReadOnlyMemory<byte> Name, byte Type)>, ReadOnlyMemory<byte>>(
            Comparer<ReadOnlyMemory<byte>>.Create((a, b) => a.Span.SequenceCompareTo(b.Span)));
        foreach (var reader in readers)
            if (reader.MoveNext())
                queue.Enqueue(reader, reader.Current.Name);
        while (queue.TryDequeue(out var reader, out _))
        {
            yield return reader.Current;
            if (reader.MoveNext())
                queue.Enqueue(reader, reader.Current.Name);
        }
    }

    private IEnumerable<(ReadOnlyMemory<byte> Name, byte Type)> Run(long start, int count)
    {
        var block = new byte[1 << 15];
        var position = start;
        var filled = 0;
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (filled - at < HeaderBytes || filled - at < HeaderBytes + BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(at)))
            {
                block.AsSpan(at, filled - at).CopyTo(block);
                filled -= at;
                at = 0;
                var read = RandomAccess.Read(spill!.SafeFileHandle, block.AsSpan(filled), position);
                position += read;
                filled += read;
            }
            var length = BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(at));
            yield return (block.AsMemory(at + HeaderBytes, length), block[at + 2]);
            at += HeaderBytes + length;
        }
    }

    private void Spill()
    {
        SortArena();
        spill ??= new FileStream(
            Path.Combine(
                Path.GetTempPath(), $"lenetserve-{Guid.NewGuid():N}.names"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
                1 << 16, FileOptions.DeleteOnClose);
        runs.Add((spill.Position, starts.Count));
        foreach (var start in starts)
            spill.Write(arena, start, HeaderBytes + LengthAt(start));
        spill.Flush();
        starts.Clear();
        used = 0;
    }

    private void SortArena() => starts.Sort((a, b) => NameAt(a).SequenceCompareTo(NameAt(b)));

    private ReadOnlySpan<byte> NameAt(int start) => arena.AsSpan(start + HeaderBytes, LengthAt(start));

    private int LengthAt(int start) => BinaryPrimitives.ReadUInt16LittleEndian(arena.AsSpan(start));
}
