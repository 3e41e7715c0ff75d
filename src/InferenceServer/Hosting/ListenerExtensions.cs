using LeNetServe.InferenceServer.Access;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Opens the listeners: gRPC on one port, HTTP/1.1 on the other, and a unix socket for gRPC where one is named.</summary>
internal static class ListenerExtensions
{
    public static void AddListeners(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Limits.MaxMessageBytes;
            kestrel.Limits.Http2.MaxStreamsPerConnection = options.Limits.MaxStreams;
            var listen = options.Listen;
            kestrel.Listen(listen.Address, listen.GrpcPort, listener => Speak(listener, HttpProtocols.Http2, options.Security));
            kestrel.Listen(listen.Address, listen.HttpPort, listener => Speak(listener, HttpProtocols.Http1, options.Security));
            if (listen.UnixSocket is not { } socket)
                return;
            UnixSockets.RemoveStale(socket);
            kestrel.ListenUnixSocket(socket, listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                listener.UseLingeringClose();
            });
        });
    }

    // With TLS the client says which protocol it wants, so that either port can serve both.
    private static void Speak(ListenOptions listener, HttpProtocols protocols, SecurityOptions security)
    {
        listener.Protocols = security.Tls is null ? protocols : HttpProtocols.Http1AndHttp2;
        if (listener.Protocols != HttpProtocols.Http1)
            listener.UseLingeringClose();
        listener.UseConfiguredTls();
    }
}
