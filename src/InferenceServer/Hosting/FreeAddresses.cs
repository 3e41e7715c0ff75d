using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Tries the addresses of the listeners before anything starts: a taken one is one line, and no model is opened in vain.</summary>
internal static class FreeAddresses
{
    /// <summary>Tries every address, as Kestrel will.</summary>
    /// <exception cref="IOException">The server cannot listen on an address; the message says what to do.</exception>
    public static void Require(ListenerOptions listen)
    {
        Require(new IPEndPoint(listen.Address, listen.GrpcPort), "--grpc-port");
        Require(new IPEndPoint(listen.Address, listen.HttpPort), "--http-port");
        if (listen.UnixSocket is { } path)
            Require(new UnixDomainSocketEndPoint(path), "--unix-socket");
    }

    /// <summary>Says what failed and what to do about it.</summary>
    internal static string Describe(SocketException failure, EndPoint address, string option)
    {
        var port = (address as IPEndPoint)?.Port;
        var place = port is null ? $"{address}" : $"{((IPEndPoint)address).Address}, port {port}";
        var remedy = failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $". Stop the program that uses it, or choose another with {option}.",
            SocketError.AccessDenied when port is > 0 and < 1024 =>
                $". Ports below 1024 need more rights: choose another with {option}.",
            _ => "",
        };
        return $"cannot listen on {place}: {failure.Message}{remedy}";
    }

    private static void Require(EndPoint address, string option)
    {
        try
        {
            SocketTransportOptions.CreateDefaultBoundListenSocket(address).Dispose();
        }
        catch (SocketException exception)
        {
            throw new IOException(Describe(exception, address, option), exception);
        }
    }
}
