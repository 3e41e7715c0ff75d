using System.Globalization;
using Grpc.Core;

namespace LeNetServe.InferenceServer.Access;

/// <summary>A call turned away before any endpoint: the reason in the form that the caller's protocol has for it.</summary>
/// <param name="HttpStatus">For REST.</param>
/// <param name="Status">For gRPC.</param>
/// <param name="Message">What was found and what was expected; never a secret.</param>
/// <param name="RetryAfter">When trying again makes sense; null: it does not.</param>
internal sealed record Refusal(int HttpStatus, StatusCode Status, string Message, TimeSpan? RetryAfter = null)
{
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
            return WriteGrpc(response, context.Request.ContentType);
        response.StatusCode = HttpStatus;
        if (HttpStatus == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (RetryAfter is { } delay)
            response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return context.Request.Path.StartsWithSegments("/v2")
            ? response.WriteAsJsonAsync(new Dictionary<string, string> { ["error"] = Message }, context.RequestAborted)
            : TypedResults.Problem(Message, statusCode: HttpStatus).ExecuteAsync(context);
    }

    // A response of trailers only: they stand in the header.
    private Task WriteGrpc(HttpResponse response, string contentType)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = contentType;
        response.Headers["grpc-status"] = ((int)Status).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(Message);
        if (RetryAfter is { } delay)
            response.Headers["grpc-retry-pushback-ms"] = ((long)Math.Ceiling(delay.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
        return response.CompleteAsync();
    }
}
