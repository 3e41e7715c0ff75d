using Grpc.Core;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>Creates the protocol's errors.</summary>
internal static class OpenInferenceErrors
{
    /// <summary>Creates the error of an invalid request.</summary>
    public static InferenceException Invalid(string message) => new(InferenceErrorKind.InvalidInput, message);

    /// <summary>Creates the error of an operation that the protocol has but this server does not offer.</summary>
    public static InferenceException Unsupported(string what) =>
        new(InferenceErrorKind.Unsupported, $"the server does not support {what}");

    /// <summary>Creates gRPC's exception, with a pushback if a retry may help.</summary>
    public static RpcException ToRpcException(InferenceException exception)
    {
        var trailers = new Metadata();
        if (exception.RetryAfter is { } delay)
            trailers.Add(RetryPushback.Trailer, RetryPushback.Milliseconds(delay));
        return new(new Status(ErrorMapping.Of(exception.Kind).Triton, exception.Message), trailers);
    }
}
