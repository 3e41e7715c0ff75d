using System.Net.Sockets;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>The file of a unix socket: what a killed server left would refuse the next one, and nothing else may be removed.</summary>
internal static class UnixSockets
{
    // What open(2) says of a socket: ENXIO on Linux, EOPNOTSUPP on macOS.
    private const int NoSuchDevice = 6, NotSupported = 102;

    /// <summary>Whether anything but a socket stands at the path.</summary>
    public static bool IsSomethingElse(string path) => Path.Exists(path) && !IsSocket(path);

    /// <summary>Removes a socket that nobody listens to.</summary>
    public static void RemoveStale(string path)
    {
        if (IsSocket(path) && !IsListenedTo(path))
            File.Delete(path);
    }

    private static bool IsSocket(string path)
    {
        try
        {
            // For reading and writing: opening a pipe for one of them would wait for the other end.
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
