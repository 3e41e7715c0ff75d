using System.Net;
using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Where the server listens. Without TLS, HTTP/1.1 and HTTP/2 need a port each.</summary>
internal sealed record ListenerOptions
{
    /// <summary>Address of both ports.</summary>
    public IPAddress Address { get; init; } = IPAddress.Any;

    /// <summary>gRPC, HTTP/2 without TLS; 0 takes a free one, which the listening line names.</summary>
    public int GrpcPort { get; init; } = 8001;

    /// <summary>REST, health, metrics, gRPC-Web: HTTP/1.1; 0 takes a free one.</summary>
    public int HttpPort { get; init; } = 8000;

    /// <summary>Path of a unix socket for gRPC, beside the ports; null: none.</summary>
    public string? UnixSocket { get; init; }

    /// <summary>Web pages from these origins may call the server through gRPC-Web and REST; <c>*</c>: all. Empty: none.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    public static ListenerOptions Read(SettingsReader reader)
    {
        var address = reader.Text("Listen:Address", "0.0.0.0", "Address of both ports", "an IP address, localhost or *")!;
        if (!TryParse(address, out var parsed))
            reader.Fault($"Listen:Address is \"{address}\", expected an IP address, localhost or *");
        var socket = reader.Text("Listen:UnixSocket", null, "Unix socket for gRPC, beside the ports", "a path in an existing folder");
        if (socket is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(socket))))
            reader.Fault($"Listen:UnixSocket is \"{socket}\", expected a path in an existing folder");
        else if (socket is not null && UnixSockets.IsSomethingElse(socket))
            reader.Fault($"Listen:UnixSocket is \"{socket}\", which is there and is no socket, expected a path that is free or a socket's");
        return new()
        {
            Address = parsed,
            GrpcPort = reader.Integer("Listen:GrpcPort", 8001, 0, 65535, "gRPC (HTTP/2); 0 takes a free port"),
            HttpPort = reader.Integer("Listen:HttpPort", 8000, 0, 65535, "REST, health, metrics, gRPC-Web (HTTP/1.1); 0 takes a free port"),
            UnixSocket = socket,
            Origins = reader.List("Listen:Origins", "Origins of web pages that may call the server; * for all"),
        };
    }

    private static bool TryParse(string text, out IPAddress address)
    {
        address = text switch { "*" => IPAddress.IPv6Any, "localhost" => IPAddress.Loopback, _ => IPAddress.Any };
        return text is "*" or "localhost" || (IPAddress.TryParse(text, out var parsed) && (address = parsed) is not null);
    }
}
