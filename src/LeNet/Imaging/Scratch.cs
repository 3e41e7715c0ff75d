using System.Buffers;

namespace LeNetServe.Imaging;

/// <summary>
/// Memory for the time of one picture. Small arrays come from the shared pool. Large ones do not: the pool keeps its arrays for a minute
/// and more, so a few callers with large pictures could fill a server's memory.
/// </summary>
internal static class Scratch
{
    private const int LargestPooled = 1 << 18;

    /// <summary>An array of that length at least, with arbitrary content.</summary>
    public static T[] Rent<T>(int length) =>
        length <= LargestPooled ? ArrayPool<T>.Shared.Rent(length) : GC.AllocateUninitializedArray<T>(length);

    /// <summary>Gives an array back.</summary>
    public static void Return<T>(T[] array)
    {
        if (array.Length <= LargestPooled)
            ArrayPool<T>.Shared.Return(array);
    }
}
