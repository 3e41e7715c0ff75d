using System.Runtime.InteropServices;

namespace LeNetServe.InferenceServer.Models;

/// <summary>
/// The memory of native code, where glibc gives threads heaps of their own and keeps what is freed in them: a hundred swaps of versions, each loaded by a thread of
/// its own, left 31 MB (2026-11-26), and none with both of these. Without effect where the C library is another.
/// </summary>
internal static partial class NativeHeap
{
    private const int ArenaMax = -8; // M_ARENA_MAX, malloc.h
    private const int Arenas = 2;

    /// <summary>Lets all threads share a few heaps. Before there are more of them than that.</summary>
    public static void Share() => OnGlibc(static () => MallocOption(ArenaMax, Arenas));

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
        catch (EntryPointNotFoundException)
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
