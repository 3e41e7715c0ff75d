using System.IO.Pipelines;
using System.Net.Security;
using LeNetServe.InferenceServer.Access;
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
            var transport = connection.Transport;
            connection.Transport = new OpenInput(transport);
            await next(connection);
            connection.Transport = transport;
            // A connection that gives way to a new one had no call, and its place is wanted.
            if (connection.Items.ContainsKey(IsHttp2) && connection.Features.Get<ConnectionPlace>() is not { IsLeaving: true })
                await ReadToEndAsync(transport.Input, time);
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

    private static async Task ReadToEndAsync(PipeReader input, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            ReadResult read;
            do
            {
                read = await input.ReadAsync(limit.Token);
                input.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The connection is over already, or the client takes too long. Kestrel does not advance past an end that it has read, so that
            // the next read is an invalid operation.
        }
    }

    /// <summary>
    /// An input that stays open when its user completes it. Kestrel aborts a connection that receives more after its input is complete.
    /// </summary>
    private sealed class OpenInput(IDuplexPipe transport) : PipeReader, IDuplexPipe
    {
        private readonly PipeReader input = transport.Input;

        public PipeReader Input => this;

        public PipeWriter Output => transport.Output;

        public override void AdvanceTo(SequencePosition consumed) => input.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => input.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => input.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            input.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => input.TryRead(out result);
    }
}
