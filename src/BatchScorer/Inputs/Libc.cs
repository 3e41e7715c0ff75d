using System.Runtime.InteropServices;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// The C library's file calls on Linux, which take names as bytes. .NET's own calls decode a name that is not UTF-8 with replacement
/// characters, and then cannot open it.
/// </summary>
internal static partial class Libc
{
    public const int OpenReadOnly = 0x0;
    public const int OpenNonBlocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;
    public const int NotFound = 2;
    public const int NotADirectory = 20;
    public const int Loop = 40;

    /// <summary>Offset of <c>d_type</c> in <c>struct dirent</c> (64-bit Linux, glibc and musl).</summary>
    public const int EntryType = 18;

    /// <summary>Offset of <c>d_name</c>.</summary>
    public const int EntryName = 19;

    public static bool IsUsable { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true)]
    public static partial nint OpenDirectory(byte[] path);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    public static partial nint ReadDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "closedir")]
    public static partial int CloseDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte[] path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int file, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true)]
    private static partial nint RealPath(byte[] path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);

    /// <summary>Gets the message of the last call's error.</summary>
    public static string LastErrorMessage() => new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError()).Message;

    /// <summary>Gets the path without links, as bytes; null if it does not exist or loops.</summary>
    public static unsafe byte[]? Canonical(byte[] path)
    {
        var memory = RealPath(path, 0);
        if (memory == 0)
            return null;
        var canonical = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)memory).ToArray();
        Free(memory);
        return canonical;
    }
}
