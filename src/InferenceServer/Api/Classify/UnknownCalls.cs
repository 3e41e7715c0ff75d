using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>
/// Answers gRPC calls without an endpoint, and all requests to an endpoint without an access rule. gRPC's own endpoints for unknown calls
/// match every call, and routing would then split the path of each call into strings: about 330 bytes a call.
/// </summary>
internal static class UnknownCalls
{
    /// <summary>Adds the answers. Call this after the Gatekeeper.</summary>
    public static IApplicationBuilder UseUnknownCalls(this IApplicationBuilder app) => app.Use(next => context =>
    {
        if (context.Rule() is not null || (context.GetEndpoint() is null && !context.Request.IsGrpc()))
            return next(context);
        var message = $"no method {Excerpt.Of(context.Request.Path)}; gRPC reflection lists the methods of this server";
        return ErrorResponse.WriteAsync(context, new(InferenceErrorKind.Unsupported, message));
    });
}
