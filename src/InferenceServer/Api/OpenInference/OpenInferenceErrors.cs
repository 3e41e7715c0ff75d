using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>Triton's status codes for our errors: the one mapping for gRPC and the one for REST of this protocol.</summary>
internal static class OpenInferenceErrors
{
    /// <summary>A wrong request.</summary>
    public static InferenceException Invalid(string message) => new(InferenceErrorKind.InvalidInput, message);

    /// <summary>Known to the protocol, not offered here.</summary>
    [DoesNotReturn]
    public static void ThrowUnsupported(string what) =>
        throw new InferenceException(InferenceErrorKind.Unsupported, $"the server does not support {what}");

    /// <summary>The gRPC status: a full queue is UNAVAILABLE here, as in Triton.</summary>
    public static StatusCode ToStatusCode(InferenceErrorKind kind) => kind switch
    {
        InferenceErrorKind.InvalidInput or InferenceErrorKind.TooLarge => StatusCode.InvalidArgument,
        InferenceErrorKind.NotFound => StatusCode.NotFound,
        InferenceErrorKind.Unavailable or InferenceErrorKind.Overloaded or InferenceErrorKind.DeviceUnavailable => StatusCode.Unavailable,
        InferenceErrorKind.DeadlineExceeded => StatusCode.DeadlineExceeded,
        InferenceErrorKind.Cancelled => StatusCode.Cancelled,
        InferenceErrorKind.Unsupported => StatusCode.Unimplemented,
        InferenceErrorKind.Forbidden => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };

    /// <summary>The HTTP status: Triton's five, and 403 for what is closed.</summary>
    public static int ToHttpStatus(InferenceErrorKind kind) => ToStatusCode(kind) switch
    {
        StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.Unavailable or StatusCode.DeadlineExceeded => StatusCodes.Status503ServiceUnavailable,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The error as gRPC carries it; says when trying again makes sense, where that is known.</summary>
    public static RpcException ToRpcException(InferenceException exception)
    {
        var trailers = new Metadata();
        if (exception.RetryAfter is { } delay)
            trailers.Add("grpc-retry-pushback-ms", ((long)Math.Ceiling(delay.TotalMilliseconds)).ToString());
        return new(new Status(ToStatusCode(exception.Kind), exception.Message), trailers);
    }
}
