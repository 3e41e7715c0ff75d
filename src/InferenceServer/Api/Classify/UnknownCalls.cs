using Grpc.Core;
using LeNetServe.InferenceServer.Access;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>
/// Answers gRPC calls that no endpoint takes. gRPC's own endpoints for them match every call there is, and routing then cuts the path of each into
/// strings that nobody reads: about 330 bytes a call.
/// </summary>
internal static class UnknownCalls
{
    /// <summary>Must come after what lets calls pass.</summary>
    public static IApplicationBuilder UseUnknownCalls(this IApplicationBuilder app) => app.Use(next => context =>
        context.GetEndpoint() is null && context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true
            ? new Refusal(StatusCodes.Status404NotFound, StatusCode.Unimplemented, $"no method {Shorten(context.Request.Path)}; gRPC reflection lists those there are").WriteAsync(context)
            : next(context));

    private static string Shorten(string? text) => text is not { Length: > 100 } ? $"{text}" : $"{text[..100]}…";
}
