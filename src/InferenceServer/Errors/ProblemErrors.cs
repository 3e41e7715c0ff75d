using System.Globalization;
using LeNetServe.Runtime.Errors;
using Microsoft.AspNetCore.Mvc;

namespace LeNetServe.InferenceServer.Errors;

/// <summary>The one mapping from our errors to HTTP's problem details.</summary>
internal static class ProblemErrors
{
    /// <summary>The HTTP status of a kind.</summary>
    public static int StatusOf(InferenceErrorKind kind) => kind switch
    {
        InferenceErrorKind.InvalidInput => StatusCodes.Status400BadRequest,
        InferenceErrorKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        InferenceErrorKind.NotFound => StatusCodes.Status404NotFound,
        InferenceErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        InferenceErrorKind.Overloaded => StatusCodes.Status429TooManyRequests,
        InferenceErrorKind.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        InferenceErrorKind.Cancelled => StatusCodes.Status499ClientClosedRequest,
        InferenceErrorKind.Unsupported => StatusCodes.Status501NotImplemented,
        InferenceErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        InferenceErrorKind.InvalidModel => StatusCodes.Status422UnprocessableEntity,
        InferenceErrorKind.DeviceUnavailable => StatusCodes.Status503ServiceUnavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind"),
    };

    /// <summary>Answers with the error.</summary>
    public static Task WriteAsync(HttpContext context, InferenceException exception)
    {
        var problem = new ProblemDetails { Status = StatusOf(exception.Kind), Title = exception.Kind.ToString(), Detail = exception.Message };
        if (exception.Field is { } field)
            problem.Extensions["field"] = field;
        if (exception.RetryAfter is { } retry)
            context.Response.Headers.RetryAfter = Math.Ceiling(retry.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(problem).ExecuteAsync(context);
    }
}
