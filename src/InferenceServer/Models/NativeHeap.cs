using System.Runtime.InteropServices;

namespace LeNetServe.InferenceServer.Models;

/// <summary>
/// Bounds the memory of native code. glibc gives threads heaps ("arenas") of their own and keeps freed memory in them. Each version is
/// loaded by a thread of its own. <c>benchmarks/Serving compare --only HotSwaps</c> found 31 MB more after a hundred swaps without this
/// class (two cores, median of 7, 2026-11-26). The class has no effect if the C library is another one.
/// </summary>
internal static partial class NativeHeap
{
    // M_ARENA_MAX and M_MMAP_THRESHOLD in glibc's malloc.h.
    private const int ArenaMax = -8;
    private const int MapThreshold = -3;
    private const int LargeBlock = 1 << 20;

    /// <summary>
    /// Lets new threads share the existing arenas: one for every two cores, at least two. glibc's own limit is eight for each core. An
    /// operator's <c>MALLOC_ARENA_MAX</c> counts more.
    /// </summary>
    public static void ShareArenas()
    {
        if (Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is null)
            OnGlibc(static () => MallocOption(ArenaMax, Math.Max(2, Environment.ProcessorCount / 2)));
    }

    /// <summary>
    /// Maps each block of a megabyte or more, such as a picture's pixels, so that it is given back when it is freed. glibc itself raises
    /// this threshold to the largest block that was freed, and keeps smaller ones.
    /// </summary>
    public static void MapLargeBlocks() => OnGlibc(static () => MallocOption(MapThreshold, LargeBlock));

    /// <summary>Gives the operating system back what has been freed.</summary>
    public static void Trim() => OnGlibc(static () => MallocTrim(0));

    private static void OnGlibc(Func<int> call)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = call();
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            // musl has one heap, and no such calls.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallocOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallocTrim(nuint keep);
}
