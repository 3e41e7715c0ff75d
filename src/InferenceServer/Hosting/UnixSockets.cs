using System.Net.Sockets;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Removes stale unix sockets of killed servers, and only sockets.</summary>
internal static class UnixSockets
{
    // The errors of open(2) for a socket: ENXIO on Linux, EOPNOTSUPP on macOS.
    private const int NoSuchDevice = 6;
    private const int NotSupported = 102;

    /// <summary>The most bytes of a socket's path: the 108 of Linux (macOS: 104) with the zero at the end.</summary>
    public static readonly int LongestPath = OperatingSystem.IsMacOS() ? 103 : 107;

    /// <summary>Checks whether the path exists and is not a socket.</summary>
    public static bool IsSomethingElse(string path) => Path.Exists(path) && !IsSocket(path);

    /// <summary>Removes a socket that nobody listens on.</summary>
    public static void RemoveStale(string path)
    {
        if (IsSocket(path) && !IsListenedTo(path))
            File.Delete(path);
    }

    private static bool IsSocket(string path)
    {
        try
        {
            // Opens for reading and writing, because opening a pipe for one of them would wait for the other end.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (IOException exception)
        {
            return exception.HResult is NoSuchDevice or NotSupported;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsListenedTo(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
