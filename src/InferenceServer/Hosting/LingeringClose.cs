using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// Lets the client of a connection that has ended close it first. A socket that is closed while the other side still writes answers with a
/// reset (RFC 1122, 4.2.2.13), and a client that is told so by a write may drop answers that it has not read yet: HAProxy, whose window
/// updates cross the end of a stopping replica's connection, lost the trailers of calls in that way. HTTP/2 clients close by themselves
/// after GOAWAY.
/// </summary>
internal static class LingeringClose
{
    /// <summary>How long a client has for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Does so on a listener; call it before TLS, so that it comes after it. Not for HTTP/1: it has no window updates, and its clients may
    /// wait for the end.
    /// </summary>
    public static void UseLingeringClose(this ListenOptions listener) => listener.Use(next => async connection =>
    {
        await next(connection);
        if (IsHttp2(connection.Features) && connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
            await ReadToEndAsync(socket);
    });

    private static bool IsHttp2(IFeatureCollection features) =>
        features.Get<ITlsApplicationProtocolFeature>() is not { } tls
            || tls.ApplicationProtocol.Span.SequenceEqual(SslApplicationProtocol.Http2.Protocol.Span);

    private static async Task ReadToEndAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Limit);
        var ignored = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(ignored, limit.Token) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It was quicker, or it takes too long.
        }
    }
}
