using Grpc.Core;

namespace LeNetServe.Client;

/// <summary>
/// A call failed. The one exception that <see cref="LeNetServeClient"/> throws, besides <see cref="ArgumentException"/> for a wrong argument,
/// an I/O exception for a file that cannot be read and <see cref="OperationCanceledException"/> where the caller's own token was cancelled.
/// </summary>
public sealed class LeNetServeException : Exception
{
    /// <summary>An error of a kind.</summary>
    public LeNetServeException(LeNetServeErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>Why the call failed.</summary>
    public LeNetServeErrorKind Kind { get; }

    /// <summary>Whether the same call may succeed later; the client's own retries are over by then.</summary>
    public bool IsTransient => Kind is LeNetServeErrorKind.Overloaded or LeNetServeErrorKind.Unavailable or LeNetServeErrorKind.DeadlineExceeded;

    internal static LeNetServeException From(RpcException exception) =>
        new(KindOf(exception.StatusCode), exception.Status.Detail, exception);

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
