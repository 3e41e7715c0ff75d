using System.Globalization;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Errors;

/// <summary>Answers a request with an error in the format of the caller's protocol.</summary>
internal static class ErrorResponse
{
    /// <summary>Gets a value indicating whether a request is a gRPC call, gRPC-Web included.</summary>
    public static bool IsGrpc(this HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Writes the error.</summary>
    public static Task WriteAsync(HttpContext context, InferenceException exception)
    {
        var mapping = ErrorMapping.Of(exception.Kind);
        return context.Request.IsGrpc()
            ? WriteGrpcAsync(context, (int)mapping.Grpc, exception)
            : WriteJsonAsync(context, mapping.Http, exception);
    }

    /// <summary>
    /// Writes the error as JSON: the format of the Open Inference Protocol below <c>/v2</c>, elsewhere that of the JSON calls.
    /// </summary>
    public static Task WriteJsonAsync(HttpContext context, int status, InferenceException exception)
    {
        var response = context.Response;
        response.StatusCode = status;
        if (exception.Kind == InferenceErrorKind.Unauthenticated)
            response.Headers.WWWAuthenticate = "Bearer";
        if (exception.RetryAfter is { } delay)
            response.Headers.RetryAfter = RetryPushback.Seconds(delay);
        if (context.Request.Path.StartsWithSegments("/v2"))
            return response.WriteAsJsonAsync(new Dictionary<string, string> { ["error"] = exception.Message }, context.RequestAborted);
        response.ContentType = "application/json";
        return response.WriteAsync(exception.ToJson(), context.RequestAborted);
    }

    // A response without messages has its trailers in the header.
    private static Task WriteGrpcAsync(HttpContext context, int status, InferenceException exception)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = context.Request.ContentType;
        response.Headers["grpc-status"] = status.ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(exception.Message);
        if (exception.RetryAfter is { } delay)
            response.Headers[RetryPushback.Trailer] = RetryPushback.Milliseconds(delay);
        return response.CompleteAsync();
    }
}
