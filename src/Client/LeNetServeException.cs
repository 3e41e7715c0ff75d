using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace LeNetServe.Client;

/// <summary>
/// A failed call. <see cref="LeNetServeClient"/> throws only this exception, apart from <see cref="ArgumentException"/> for a wrong
/// argument, <see cref="IOException"/> for an unreadable file and <see cref="OperationCanceledException"/> if the caller's token was
/// canceled.
/// </summary>
public sealed class LeNetServeException : Exception
{
    /// <summary>The error <c>HTTP_1_1_REQUIRED</c> of RFC 9113, section 7.</summary>
    private const long Http11Required = 0xd;

    private const int GrpcPort = 8001;

    /// <summary>Creates an error of a kind.</summary>
    public LeNetServeException(LeNetServeErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>Gets the reason for the failure.</summary>
    public LeNetServeErrorKind Kind { get; }

    /// <summary>Gets a value indicating whether the same call may succeed later. The client's retries have already failed.</summary>
    public bool IsTransient => !IsWrongAddress
        && Kind is LeNetServeErrorKind.Overloaded or LeNetServeErrorKind.Unavailable or LeNetServeErrorKind.DeadlineExceeded;

    /// <summary>An untrusted certificate and a wrong port look like a server that is away, but stay wrong.</summary>
    private bool IsWrongAddress { get; init; }

    internal static LeNetServeException From(RpcException exception, IEnumerable<string> servers)
    {
        var fault = Connection(exception.Status.DebugException, string.Join(" or ", servers));
        return new(KindOf(exception.StatusCode), fault?.Text ?? exception.Status.Detail, exception)
        {
            IsWrongAddress = fault is { MayPass: false },
        };
    }

    /// <summary>Gets the fault of a connection in words; null for another fault.</summary>
    private static (string Text, bool MayPass)? Connection(Exception? cause, string servers) => cause switch
    {
        null => null,
        SocketException
        {
            SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable
                or SocketError.NetworkUnreachable or SocketError.TimedOut
        } => ($"no server answers at {servers}: {cause.Message}", true),
        AuthenticationException when cause.Message.Contains("frame", StringComparison.Ordinal) =>
            ($"no TLS connection to {servers}: the server does not speak TLS on this port, expected http://", false),
        AuthenticationException => ($"no TLS connection to {servers}: {cause.Message}", false),
        HttpProtocolException { ErrorCode: Http11Required } => (NoHttp2(servers), false),
        // The end of a connection may overtake its reason. At times the exception has neither a code nor an inner exception.
        HttpRequestException when cause.Message.Contains("HTTP/2 handshake", StringComparison.Ordinal) => (NoHttp2(servers), true),
        _ => Connection(cause.InnerException, servers),
    };

    private static string NoHttp2(string servers) =>
        $"{servers} has no HTTP/2 there: expected the gRPC port, which is {GrpcPort} by default, and https:// if the server speaks TLS";

    internal static LeNetServeException From(V1.Error error) => new(KindOf((StatusCode)error.Code), error.Message);

    private static LeNetServeErrorKind KindOf(StatusCode status) => status switch
    {
        StatusCode.InvalidArgument or StatusCode.OutOfRange or StatusCode.FailedPrecondition => LeNetServeErrorKind.InvalidInput,
        StatusCode.NotFound => LeNetServeErrorKind.NotFound,
        StatusCode.Unauthenticated => LeNetServeErrorKind.Unauthenticated,
        StatusCode.PermissionDenied => LeNetServeErrorKind.PermissionDenied,
        StatusCode.ResourceExhausted => LeNetServeErrorKind.Overloaded,
        StatusCode.Unavailable or StatusCode.Aborted or StatusCode.Cancelled => LeNetServeErrorKind.Unavailable,
        StatusCode.DeadlineExceeded => LeNetServeErrorKind.DeadlineExceeded,
        StatusCode.Unimplemented => LeNetServeErrorKind.Unimplemented,
        _ => LeNetServeErrorKind.Internal,
    };
}
