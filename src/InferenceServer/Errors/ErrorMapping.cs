using System.Collections.Frozen;
using Grpc.Core;
using LeNetServe.Runtime.Errors;
using static Microsoft.AspNetCore.Http.StatusCodes;

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
        [InferenceErrorKind.InvalidInput] =
            new(StatusCode.InvalidArgument, Status400BadRequest, StatusCode.InvalidArgument, Status400BadRequest, RequestOutcome.Invalid),
        [InferenceErrorKind.UnsupportedMediaType] = new(
            StatusCode.InvalidArgument, Status415UnsupportedMediaType,
            StatusCode.InvalidArgument, Status415UnsupportedMediaType, RequestOutcome.Invalid),
        [InferenceErrorKind.TooLarge] =
            new(StatusCode.InvalidArgument, Status413PayloadTooLarge, StatusCode.InvalidArgument, Status400BadRequest, RequestOutcome.Invalid),
        [InferenceErrorKind.NotFound] =
            new(StatusCode.NotFound, Status404NotFound, StatusCode.NotFound, Status404NotFound, RequestOutcome.NotFound),
        [InferenceErrorKind.Unavailable] = new(
            StatusCode.Unavailable, Status503ServiceUnavailable, StatusCode.Unavailable, Status503ServiceUnavailable, RequestOutcome.Unavailable),
        [InferenceErrorKind.Overloaded] = new(
            StatusCode.ResourceExhausted, Status429TooManyRequests, StatusCode.Unavailable, Status503ServiceUnavailable, RequestOutcome.Refused),
        [InferenceErrorKind.DeadlineExceeded] = new(
            StatusCode.DeadlineExceeded, Status504GatewayTimeout,
            StatusCode.DeadlineExceeded, Status503ServiceUnavailable, RequestOutcome.Deadline),
        [InferenceErrorKind.Cancelled] = new(
            StatusCode.Cancelled, Status499ClientClosedRequest, StatusCode.Cancelled, Status499ClientClosedRequest, RequestOutcome.Cancelled),
        [InferenceErrorKind.Unsupported] = new(
            StatusCode.Unimplemented, Status501NotImplemented, StatusCode.Unimplemented, Status501NotImplemented, RequestOutcome.Invalid),
        [InferenceErrorKind.Unauthenticated] = new(
            StatusCode.Unauthenticated, Status401Unauthorized, StatusCode.Unauthenticated, Status401Unauthorized, RequestOutcome.Denied),
        [InferenceErrorKind.Forbidden] =
            new(StatusCode.PermissionDenied, Status403Forbidden, StatusCode.PermissionDenied, Status403Forbidden, RequestOutcome.Denied),
        [InferenceErrorKind.InvalidModel] = new(
            StatusCode.FailedPrecondition, Status422UnprocessableEntity,
            StatusCode.Internal, Status500InternalServerError, RequestOutcome.Error),
        [InferenceErrorKind.DeviceUnavailable] = new(
            StatusCode.Unavailable, Status503ServiceUnavailable, StatusCode.Unavailable, Status503ServiceUnavailable, RequestOutcome.Unavailable),
    }.ToFrozenDictionary();

    /// <summary>Gets the row of a kind.</summary>
    public static ErrorMapping Of(InferenceErrorKind kind) => Table[kind];
}
