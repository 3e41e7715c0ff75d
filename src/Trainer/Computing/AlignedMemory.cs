using System.Runtime.InteropServices;

namespace LeNetServe.Trainer.Computing;

/// <summary>
/// Native memory on cache-line boundaries, with one vector of slack at the end: a kernel may load or store a whole vector at the last
/// value.
/// </summary>
internal sealed unsafe class AlignedMemory<T>(long count) : IDisposable
    where T : unmanaged
{
    private const int Line = 64;

    /// <summary>First value.</summary>
    public T* Pointer { get; private set; } = (T*)Allocate(count);

    public long Count { get; } = count;

    /// <summary>Replaces memory that is too small; the values are lost.</summary>
    public static void Reserve(ref AlignedMemory<T> memory, long wanted)
    {
        if (memory.Count >= wanted)
            return;
        memory.Dispose();
        memory = new(wanted);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }

    private static void* Allocate(long count)
    {
        var bytes = (nuint)(((count * sizeof(T)) + (2 * Line) - 1) / Line * Line);
        var memory = NativeMemory.AlignedAlloc(bytes, Line);
        NativeMemory.Clear(memory, bytes);
        return memory;
    }
}
