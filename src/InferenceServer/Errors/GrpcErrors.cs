using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Errors;

/// <summary>The one mapping from our errors to gRPC's.</summary>
internal static class GrpcErrors
{
    private const string PushbackTrailer = "grpc-retry-pushback-ms";

    /// <summary>The status code of a kind.</summary>
    public static StatusCode CodeOf(InferenceErrorKind kind) => kind switch
    {
        InferenceErrorKind.InvalidInput => StatusCode.InvalidArgument,
        InferenceErrorKind.TooLarge => StatusCode.InvalidArgument,
        InferenceErrorKind.NotFound => StatusCode.NotFound,
        InferenceErrorKind.Unavailable => StatusCode.Unavailable,
        InferenceErrorKind.Overloaded => StatusCode.ResourceExhausted,
        InferenceErrorKind.DeadlineExceeded => StatusCode.DeadlineExceeded,
        InferenceErrorKind.Cancelled => StatusCode.Cancelled,
        InferenceErrorKind.Unsupported => StatusCode.Unimplemented,
        InferenceErrorKind.Forbidden => StatusCode.PermissionDenied,
        InferenceErrorKind.InvalidModel => StatusCode.FailedPrecondition,
        InferenceErrorKind.DeviceUnavailable => StatusCode.Unavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind"),
    };

    /// <summary>The error as gRPC carries it: with <c>google.rpc.BadRequest</c> where a field is at fault, and a push-back where a retry may help.</summary>
    public static RpcException ToRpcException(this InferenceException exception)
    {
        var status = new Google.Rpc.Status { Code = (int)CodeOf(exception.Kind), Message = exception.Message };
        if (exception.Field is { } field)
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = exception.Message } } }));
        if (exception.RetryAfter is not { } retry)
            return status.Details.Count == 0 ? new(new((StatusCode)status.Code, status.Message)) : status.ToRpcException();
        status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(retry) }));
        var detailed = status.ToRpcException();
        detailed.Trailers.Add(PushbackTrailer, ((long)retry.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        return detailed;
    }

    /// <summary>The same answer, with our errors as gRPC's.</summary>
    public static async Task<T> TranslateAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (InferenceException exception)
        {
            throw exception.ToRpcException();
        }
    }

    /// <summary>The error as one image's answer in a batch or a stream.</summary>
    public static V1.Error ToError(this InferenceException exception) => new() { Code = (int)CodeOf(exception.Kind), Message = exception.Message };
}
