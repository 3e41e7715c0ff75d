using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>
/// Answers requests without an endpoint, and all requests to an endpoint without an access rule. gRPC's own endpoints for unknown calls
/// match every call, and routing would then split the path of each call into strings: about 330 bytes a call.
/// </summary>
internal static class UnknownCalls
{
    /// <summary>Adds the answers. Call this after the Gatekeeper.</summary>
    public static IApplicationBuilder UseUnknownCalls(this IApplicationBuilder app) => app.Use(next => context =>
        context.Rule() is not null ? next(context)
        : context.Request.IsGrpc() ? RejectMethod(context)
        : context.GetEndpoint() switch
        {
            null => RejectAddress(context),
            RouteEndpoint => RejectMethod(context),
            var routing => RejectAsRouting(context, routing),
        });

    private static Task RejectMethod(HttpContext context) => ErrorResponse.WriteAsync(
        context, new(InferenceErrorKind.Unsupported,
            $"no method {Excerpt.Of(context.Request.Path)}; gRPC reflection lists the methods of this server"));

    private static Task RejectAddress(HttpContext context)
    {
        var path = Excerpt.Of(context.Request.Path);
        var known = Routes(context).Where(route => !route.Contains('{'));
        var hint = NearestName.Hint(path, known) + HintOfCall(context);
        var nearest = hint.Length > 0 ? hint : "; /openapi/v1.json lists the addresses";
        return ErrorResponse.WriteAsync(context, new(InferenceErrorKind.NotFound, $"{path} is not an address of this server{nearest}"));
    }

    /// <summary>Gets the nearest call, such as <c>:classify</c>, of a path with a colon; empty if there is none.</summary>
    private static string HintOfCall(HttpContext context)
    {
        var path = Excerpt.Of(context.Request.Path);
        return path.LastIndexOf(':') is >= 0 and var colon
            ? NearestName.Hint(
                path[colon..], Routes(context).Where(route => route.Contains("}:")).Select(route => route[route.LastIndexOf(':')..]))
            : "";
    }

    private static IEnumerable<string> Routes(HttpContext context) =>
        context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText).OfType<string>();

    /// <summary>Routing rejects a method or a content type by an endpoint of its own, which sets the status and no body.</summary>
    private static async Task RejectAsRouting(HttpContext context, Endpoint routing)
    {
        await routing.RequestDelegate!(context);
        var request = context.Request;
        var response = context.Response;
        var path = Excerpt.Of(request.Path);
        InferenceException error = response.StatusCode == StatusCodes.Status415UnsupportedMediaType
            ? new(InferenceErrorKind.UnsupportedMediaType, $"{path} does not take the content type \"{Excerpt.Of(request.ContentType)}\"")
            : new(InferenceErrorKind.InvalidInput, $"{path} does not take {Excerpt.Of(request.Method)}, expected {response.Headers.Allow}");
        var allowed = response.Headers.Allow.ToString();
        // Routing does not know that HEAD is answered wherever GET is.
        if (allowed.Split(", ").Contains(HttpMethods.Get))
            response.Headers.Allow = $"{allowed}, {HttpMethods.Head}";
        await ErrorResponse.WriteJsonAsync(context, response.StatusCode, error);
    }
}
