using System.IO.Pipelines;

namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// The output of a TLS connection. A write fails if the client has broken the connection's state, such as by bytes after its end. Kestrel
/// would log each such failure with a stack trace; here it is the end of the connection.
/// </summary>
internal sealed class TlsOutput(PipeWriter inner) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var flush = inner.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? flush : WaitAsync(flush);
    }

    private static async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            return await flush;
        }
        catch (IOException)
        {
            return new(isCanceled: false, isCompleted: true);
        }
    }

    /// <summary>A connection whose output is a <see cref="TlsOutput"/>.</summary>
    internal sealed class Transport(IDuplexPipe inner) : IDuplexPipe
    {
        public PipeReader Input => inner.Input;

        public PipeWriter Output { get; } = new TlsOutput(inner.Output);
    }
}
