using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Inference;
using Microsoft.AspNetCore.Http.Features;

namespace LeNetServe.InferenceServer.Api;

/// <summary>
/// The body of a gRPC call, whose faulty frames end the call with the client's status. gRPC's own reader would answer UNKNOWN or INTERNAL,
/// faults of the server, and log a stack trace. The reader takes whole messages, so that each read begins with the header of a frame
/// (grpc.io, PROTOCOL-HTTP2: a flag of compression and the length in four bytes).
/// </summary>
internal sealed class GrpcFrames : PipeReader, IRequestBodyPipeFeature
{
    private const int HeaderSize = 5;

    // Kestrel reuses its objects for later calls, so that most calls allocate nothing here.
    private static readonly ConditionalWeakTable<IRequestBodyPipeFeature, GrpcFrames> Known = [];

    private PipeReader inner = null!;
    private ClientFaults faults = null!;
    private ConnectionPlace? stream;
    private int maxBytes;
    private bool takesOne;
    private bool hasMessage;

    PipeReader IRequestBodyPipeFeature.Reader => this;

    /// <summary>Checks the frames of a call from now on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="maxBytes">The largest message.</param>
    /// <param name="takesOne">True if the method takes exactly one message.</param>
    /// <param name="faults">Receives the faults.</param>
    /// <param name="stream">The connection of a stream, which is in use when bytes of the stream arrive.</param>
    public static void Check(HttpContext context, int maxBytes, bool takesOne, ClientFaults faults, ConnectionPlace? stream)
    {
        var body = context.Features.GetRequiredFeature<IRequestBodyPipeFeature>();
        var frames = Known.GetOrCreateValue(body);
        frames.inner = body.Reader;
        frames.faults = faults;
        frames.stream = stream;
        frames.maxBytes = maxBytes;
        frames.takesOne = takesOne;
        frames.hasMessage = false;
        context.Features.Set<IRequestBodyPipeFeature>(frames);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var read = inner.ReadAsync(cancellationToken);
            return read.IsCompletedSuccessfully ? new(Checked(read.Result)) : WaitAsync(read);
        }
        catch (Exception exception) when (Translated(exception) is { } fault)
        {
            throw fault;
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        try
        {
            var hasRead = inner.TryRead(out result);
            if (hasRead)
                result = Checked(result);
            return hasRead;
        }
        catch (Exception exception) when (Translated(exception) is { } fault)
        {
            throw fault;
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    // Kestrel throws here, too, if the caller has reset the stream since the last read.
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        try
        {
            inner.AdvanceTo(consumed, examined);
        }
        catch (Exception exception) when (Translated(exception) is { } fault)
        {
            throw fault;
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read)
    {
        try
        {
            return Checked(await read);
        }
        catch (Exception exception) when (Translated(exception) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>Gets the error for a body that cannot be read; null for other exceptions.</summary>
    private RpcException? Translated(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => Fault(StatusCode.Cancelled, exception.Message),
        BadHttpRequestException => Fault(StatusCode.InvalidArgument, $"the body cannot be read: {exception.Message}"),
        // gRPC-Web's reader of base64.
        InvalidOperationException when inner.GetType().Assembly == typeof(GrpcWebOptions).Assembly =>
            Fault(StatusCode.InvalidArgument, $"the body cannot be read: {exception.Message}"),
        IOException => new(new(StatusCode.Cancelled, "the caller went away")),
        _ => null,
    };

    private ReadResult Checked(ReadResult read)
    {
        stream?.Touch();
        if (!read.IsCanceled && FaultOf(read.Buffer, read.IsCompleted) is var (status, message))
        {
            inner.AdvanceTo(read.Buffer.End);
            throw Fault(status, message);
        }
        return read;
    }

    private (StatusCode Status, string Message)? FaultOf(in ReadOnlySequence<byte> buffer, bool isCompleted)
    {
        if (buffer.IsEmpty)
            return takesOne && isCompleted && !hasMessage ? OneMessage("no message") : null;
        if (takesOne && hasMessage)
            return OneMessage("more than one message");
        if (buffer.FirstSpan[0] > 1)
            return (StatusCode.InvalidArgument, $"the compressed flag of a message is {buffer.FirstSpan[0]}, expected 0 or 1");
        if (buffer.Length < HeaderSize)
            return isCompleted ? Cut(buffer.Length, HeaderSize) : null;
        var size = HeaderSize + (long)LengthOf(buffer);
        if (size > HeaderSize + maxBytes)
        {
            var remedy = LimitOptions.Remedy(nameof(LimitOptions.MaxMessageBytes));
            return (StatusCode.ResourceExhausted, $"a message of {size - HeaderSize} bytes, expected at most {maxBytes}; {remedy}");
        }
        if (buffer.Length < size)
            return isCompleted ? Cut(buffer.Length, size) : null;
        if (takesOne && buffer.Length > size)
            return OneMessage("more than one message");
        hasMessage = true;
        return null;
    }

    private static uint LengthOf(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        return BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
    }

    // The status is that of gRPC's document on status codes for a violation of cardinality.
    private static (StatusCode Status, string Message) OneMessage(string found) =>
        (StatusCode.Unimplemented, $"the call has {found}, expected exactly one message");

    private static (StatusCode Status, string Message) Cut(long found, long expected) =>
        (StatusCode.InvalidArgument, $"the body ends after {found} bytes of a frame, expected {expected}");

    private RpcException Fault(StatusCode status, string message) => faults.Create(status, message);
}
