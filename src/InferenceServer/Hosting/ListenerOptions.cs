using System.Globalization;
using System.Net;
using System.Text;
using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>The section <c>Listen</c>: addresses. Without TLS, HTTP/1.1 and HTTP/2 need a port each.</summary>
internal sealed record ListenerOptions
{
    /// <summary>Gets the address of both ports.</summary>
    public IPAddress Address { get; init; } = IPAddress.Any;

    /// <summary>Gets the port of gRPC, HTTP/2 without TLS; 0 takes a free port, which the announcement names.</summary>
    public int GrpcPort { get; init; } = 8001;

    /// <summary>Gets the port of REST, health, metrics and gRPC-Web, HTTP/1.1; 0 takes a free port.</summary>
    public int HttpPort { get; init; } = 8000;

    /// <summary>Gets the path of a unix socket for gRPC, beside the ports; null for none.</summary>
    public string? UnixSocket { get; init; }

    /// <summary>Gets the origins of web pages that may call the server; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>
    /// Most connections of each listener; further ones are closed at once. The default leaves descriptors for everything else
    /// (<see cref="Descriptors"/>).
    /// </summary>
    public int MaxConnections { get; init; } = Descriptors.ConnectionsOf(2);

    /// <summary>The time in which a new connection must send its first bytes, and a request its headers.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public static ListenerOptions Read(SettingsReader reader)
    {
        var defaults = new ListenerOptions();
        var address = reader.Text("Listen:Address", defaults.Address.ToString(), "Address of both ports", "an IP address, localhost or *")!;
        if (!TryParse(address, out var parsed))
            reader.Fault($"Listen:Address is \"{address}\", expected an IP address, localhost or *");
        var socket = reader.Path("Listen:UnixSocket", null, "Unix socket for gRPC, beside the ports", "a path in an existing folder");
        if (socket is not null && !Directory.Exists(Path.GetDirectoryName(socket)))
            reader.Fault($"Listen:UnixSocket is \"{socket}\", expected a path in an existing folder");
        else if (socket is not null && UnixSockets.IsSomethingElse(socket))
            reader.Fault($"Listen:UnixSocket is \"{socket}\", which exists and is not a socket, expected a free path or a socket");
        else if (socket is not null && Encoding.UTF8.GetByteCount(socket) is var length && length > UnixSockets.LongestPath)
            reader.Fault($"Listen:UnixSocket has {length} bytes, expected at most {UnixSockets.LongestPath}");
        var maxConnections = ReadMaxConnections(reader, socket is null ? 2 : 3);
        var startTimeout = ReadStartTimeout(reader, defaults.StartTimeout);
        var grpcPort = reader.Integer("Listen:GrpcPort", defaults.GrpcPort, 0, 65535, "gRPC (HTTP/2); 0 takes a free port");
        var httpPort = ReadHttpPort(reader, defaults.HttpPort);
        if (grpcPort == httpPort && grpcPort != 0)
            reader.Fault($"Listen:GrpcPort and Listen:HttpPort are both {grpcPort}, expected two ports");
        return new()
        {
            Address = parsed,
            MaxConnections = maxConnections,
            StartTimeout = startTimeout,
            GrpcPort = grpcPort,
            HttpPort = httpPort,
            UnixSocket = socket,
            Origins = ReadOrigins(reader),
        };
    }

    /// <summary>Reads the origins. A browser sends scheme, host and port, so one with a path, or without a scheme, never matches.</summary>
    private static IReadOnlyList<string> ReadOrigins(SettingsReader reader)
    {
        var origins = reader.List("Listen:Origins", "Origins of web pages that may call the server; * for all");
        foreach (var origin in origins.Where(origin => origin is not ("*" or "null")
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && uri.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase))))
            reader.Fault($"Listen:Origins has \"{origin}\", expected * or an origin without a path, such as https://example.com");
        return origins;
    }

    /// <summary>Reads the port of HTTP. Platforms such as Cloud Run and Knative give it in the variable PORT.</summary>
    private static int ReadHttpPort(SettingsReader reader, int value)
    {
        const string Key = "Listen:HttpPort";
        const string Variable = "PORT";
        const string Meaning = "REST, health, metrics, gRPC-Web (HTTP/1.1); 0 takes a free port. The variable PORT replaces the default";
        var port = reader.Integer(Key, value, 0, 65535, Meaning);
        if (reader.Has(Key) || reader.ValueOf(Variable) is not { Length: > 0 } text)
            return port;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535)
            return port;
        reader.Fault($"{Variable} is \"{text}\", expected 0..65535");
        return value;
    }

    private static int ReadMaxConnections(SettingsReader reader, int listeners)
    {
        const string Key = "Listen:MaxConnections";
        var asked = reader.Integer(
            Key, 0, 0, 1_000_000, "Most connections of each listener; 0: as the descriptors of the process allow, 10000 at most");
        var most = (Descriptors.Limit - Descriptors.Reserved) / listeners;
        if (asked > 0 && asked > most)
            reader.Fault($"{Key} is {asked}, expected at most {most}: the process may open {Descriptors.Limit} files (ulimit -n)");
        return asked > 0 ? asked : Descriptors.ConnectionsOf(listeners);
    }

    private static TimeSpan ReadStartTimeout(SettingsReader reader, TimeSpan value)
    {
        const string Meaning = "A new connection must send its first bytes in this time, and a request its headers";
        var timeout = reader.Duration("Listen:StartTimeout", value, TimeSpan.FromMinutes(10), Meaning);
        if (timeout < TimeSpan.FromMilliseconds(10))
            reader.Fault($"Listen:StartTimeout is \"{timeout}\", expected 10ms at least");
        return timeout;
    }

    private static bool TryParse(string text, out IPAddress address)
    {
        address = text switch
        {
            "*" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            // The parser takes 1.2.3 as 1.2.0.3.
            _ when IPAddress.TryParse(text, out var parsed) && (text.Contains(':') || $"{parsed}" == text) => parsed,
            _ => IPAddress.None,
        };
        return !address.Equals(IPAddress.None);
    }
}
