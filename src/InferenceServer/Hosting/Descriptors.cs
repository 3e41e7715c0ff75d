using System.Runtime.InteropServices;
using System.Text;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// The file descriptors of the process. A server that accepts connections until none is left stops: accept then fails in a loop, and
/// nothing that needs a file works anymore.
/// </summary>
internal static partial class Descriptors
{
    /// <summary>
    /// The descriptors that are not for connections: assemblies, models, secrets, listeners. An idle server holds about 220.
    /// </summary>
    public const int Reserved = 320;

    /// <summary>The descriptors below which a server is not worth its start.</summary>
    public const int Least = Reserved + 64;

    private const int MostConnections = 10_000;
    private const int Unlimited = 1 << 20;

    /// <summary>Gets the largest number of descriptors that the process may have.</summary>
    public static int Limit { get; } = ReadLimit();

    /// <summary>
    /// Checks whether the process may open enough files, and says it on stderr if not. Call this first. It needs no file and no assembly
    /// of ours, because each assembly takes a descriptor.
    /// </summary>
    public static unsafe bool AreEnough()
    {
        if (Limit >= Least)
            return true;
        var message = $"error: the server cannot serve: the process may open {Limit} files, expected {Least} at least (ulimit -n)\n";
        fixed (byte* bytes = Encoding.ASCII.GetBytes(message))
            _ = Write(2, bytes, message.Length);
        return false;
    }

    /// <summary>Gets the default for the connections of each listener.</summary>
    public static int ConnectionsOf(int listeners) => Math.Clamp((Limit - Reserved) / listeners, 1, MostConnections);

    // .NET raises the soft limit to the hard one when it starts.
    private static unsafe int ReadLimit()
    {
        const int OpenFiles = 7;
        var limits = stackalloc ulong[2];
        return OperatingSystem.IsLinux() && GetLimits(OpenFiles, limits) == 0 ? (int)Math.Min(limits[0], Unlimited) : Unlimited;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int GetLimits(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial nint Write(int file, byte* bytes, nint count);
}
