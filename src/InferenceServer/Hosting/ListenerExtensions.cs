using LeNetServe.InferenceServer.Access;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Opens the listeners: gRPC on one port, HTTP/1.1 on the other, and a Unix socket for gRPC if one is configured.</summary>
internal static class ListenerExtensions
{
    public static void AddListeners(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var listen = options.Listen;
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Limits.MaxMessageBytes;
            kestrel.Limits.RequestHeadersTimeout = listen.StartTimeout;
            kestrel.Limits.Http2.MaxStreamsPerConnection = options.Limits.MaxStreams;
            kestrel.Listen(listen.Address, listen.GrpcPort, listener => Speak(listener, HttpProtocols.Http2, options));
            kestrel.Listen(listen.Address, listen.HttpPort, listener => Speak(listener, HttpProtocols.Http1, options));
            if (listen.UnixSocket is not { } socket)
                return;
            UnixSockets.RemoveStale(socket);
            kestrel.ListenUnixSocket(socket, listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                listener.UseConnectionLimit(listen.MaxConnections);
                listener.UseLingeringClose();
                listener.NoteProtocol();
                listener.UsePromptStart(listen.StartTimeout);
            });
        });
    }

    // With TLS the client says which protocol it wants, so that either port can serve both.
    private static void Speak(ListenOptions listener, HttpProtocols protocols, ServerOptions options)
    {
        var isTls = options.Security.Tls is not null;
        listener.Protocols = isTls ? HttpProtocols.Http1AndHttp2 : protocols;
        listener.UseConnectionLimit(options.Listen.MaxConnections);
        var mayBeHttp2 = listener.Protocols != HttpProtocols.Http1;
        if (mayBeHttp2)
            listener.UseLingeringClose();
        if (isTls)
            listener.UsePromptStart(options.Listen.StartTimeout);
        listener.UseConfiguredTls();
        if (mayBeHttp2)
            listener.NoteProtocol();
        listener.UsePromptStart(options.Listen.StartTimeout);
    }
}
