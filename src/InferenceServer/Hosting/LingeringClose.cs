using System.Net.Security;
using System.Net.Sockets;
using LeNetServe.InferenceServer.Access;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// Lets the client close a finished HTTP/2 connection first, which it does after GOAWAY. A socket that is closed while the other side
/// still writes answers with a reset (RFC 1122, 4.2.2.13). A client that meets the reset in a write may drop answers that it has not read
/// yet. HAProxy lost trailers in that way: its window updates crossed the end of a stopping replica's connection.
/// </summary>
internal static class LingeringClose
{
    private static readonly object IsHttp2 = new();
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>Adds the wait. Call this before TLS. HTTP/1 has no window updates, and its clients may wait for the end.</summary>
    public static void UseLingeringClose(this ListenOptions listener)
    {
        var time = listener.ApplicationServices.GetRequiredService<TimeProvider>();
        listener.Use(next => async connection =>
        {
            await next(connection);
            // A connection that gives way to a new one had no call, and its place is wanted.
            if (connection.Items.ContainsKey(IsHttp2)
                && connection.Features.Get<ConnectionPlace>() is not { IsLeaving: true }
                && connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
                await ReadToEndAsync(socket, time);
        });
    }

    /// <summary>
    /// Notes the protocol of the connection. Call this after TLS, whose protocol cannot be read anymore when the connection has ended.
    /// </summary>
    public static void NoteProtocol(this ListenOptions listener) => listener.Use(next => connection =>
    {
        if (SpeaksHttp2(connection.Features))
            connection.Items[IsHttp2] = true;
        return next(connection);
    });

    private static bool SpeaksHttp2(IFeatureCollection features) =>
        features.Get<ITlsApplicationProtocolFeature>() is not { } tls
        || tls.ApplicationProtocol.Span.SequenceEqual(SslApplicationProtocol.Http2.Protocol.Span);

    private static async Task ReadToEndAsync(Socket socket, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        var ignored = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(ignored, limit.Token) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is over already, or the client takes too long.
        }
    }
}
