using System.Collections.Frozen;
using Grpc.Core;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Errors;

/// <summary>The row of an error kind in the one table of statuses.</summary>
/// <param name="Grpc">The status of <c>lenetserve.v1</c> and of every gRPC call that is rejected before its service.</param>
/// <param name="Http">The status of REST.</param>
/// <param name="Triton">The gRPC status of the Open Inference Protocol, as in Triton.</param>
/// <param name="TritonHttp">The REST status of the Open Inference Protocol, as in Triton.</param>
/// <param name="Outcome">The outcome in the metrics.</param>
internal sealed record ErrorMapping(StatusCode Grpc, int Http, StatusCode Triton, int TritonHttp, RequestOutcome Outcome)
{
    private static readonly FrozenDictionary<InferenceErrorKind, ErrorMapping> Table = new Dictionary<InferenceErrorKind, ErrorMapping>
    {
        [InferenceErrorKind.InvalidInput] = new(StatusCode.InvalidArgument, 400, StatusCode.InvalidArgument, 400, RequestOutcome.Invalid),
        [InferenceErrorKind.UnsupportedMediaType] =
            new(StatusCode.InvalidArgument, 415, StatusCode.InvalidArgument, 415, RequestOutcome.Invalid),
        [InferenceErrorKind.TooLarge] = new(StatusCode.InvalidArgument, 413, StatusCode.InvalidArgument, 400, RequestOutcome.Invalid),
        [InferenceErrorKind.NotFound] = new(StatusCode.NotFound, 404, StatusCode.NotFound, 404, RequestOutcome.NotFound),
        [InferenceErrorKind.Unavailable] = new(StatusCode.Unavailable, 503, StatusCode.Unavailable, 503, RequestOutcome.Unavailable),
        [InferenceErrorKind.Overloaded] = new(StatusCode.ResourceExhausted, 429, StatusCode.Unavailable, 503, RequestOutcome.Refused),
        [InferenceErrorKind.DeadlineExceeded] =
            new(StatusCode.DeadlineExceeded, 504, StatusCode.DeadlineExceeded, 503, RequestOutcome.Deadline),
        [InferenceErrorKind.Cancelled] = new(StatusCode.Cancelled, 499, StatusCode.Cancelled, 499, RequestOutcome.Cancelled),
        [InferenceErrorKind.Unsupported] = new(StatusCode.Unimplemented, 501, StatusCode.Unimplemented, 501, RequestOutcome.Invalid),
        [InferenceErrorKind.Unauthenticated] = new(StatusCode.Unauthenticated, 401, StatusCode.Unauthenticated, 401, RequestOutcome.Denied),
        [InferenceErrorKind.Forbidden] = new(StatusCode.PermissionDenied, 403, StatusCode.PermissionDenied, 403, RequestOutcome.Denied),
        [InferenceErrorKind.InvalidModel] = new(StatusCode.FailedPrecondition, 422, StatusCode.Internal, 500, RequestOutcome.Error),
        [InferenceErrorKind.DeviceUnavailable] = new(StatusCode.Unavailable, 503, StatusCode.Unavailable, 503, RequestOutcome.Unavailable),
    }.ToFrozenDictionary();

    /// <summary>Gets the row of a kind.</summary>
    public static ErrorMapping Of(InferenceErrorKind kind) => Table[kind];
}
