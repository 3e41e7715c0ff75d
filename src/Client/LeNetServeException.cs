using Grpc.Core;

namespace LeNetServe.Client;

/// <summary>
/// A failed call. <see cref="LeNetServeClient"/> throws only this exception, apart from <see cref="ArgumentException"/> for a wrong
/// argument, <see cref="IOException"/> for an unreadable file and <see cref="OperationCanceledException"/> if the caller's token was
/// canceled.
/// </summary>
public sealed class LeNetServeException : Exception
{
    /// <summary>Creates an error of a kind.</summary>
    public LeNetServeException(LeNetServeErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>Gets the reason for the failure.</summary>
    public LeNetServeErrorKind Kind { get; }

    /// <summary>Gets a value indicating whether the same call may succeed later. The client's retries have already failed.</summary>
    public bool IsTransient =>
        Kind is LeNetServeErrorKind.Overloaded or LeNetServeErrorKind.Unavailable or LeNetServeErrorKind.DeadlineExceeded;

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
