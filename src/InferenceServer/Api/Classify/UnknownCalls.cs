using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>
/// Answers requests without an endpoint, and all requests to an endpoint without an access rule. gRPC's own endpoints for unknown calls
/// match every call, and routing would then split the path of each call into strings: about 330 bytes a call.
/// </summary>
internal static class UnknownCalls
{
    /// <summary>Adds the answers. Call this after the Gatekeeper.</summary>
    public static IApplicationBuilder UseUnknownCalls(this IApplicationBuilder app)
    {
        // Once, at the first such request: strangers send many, and a template takes longer than its match.
        var routes = new Lazy<KnownRoute[]>(() =>
            [.. app.ApplicationServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(KnownRoute.Of)]);
        return app.Use(next => context =>
            context.Rule() is not null ? next(context)
            : context.Request.IsGrpc() ? RejectGrpc(context)
            : context.GetEndpoint() switch
            {
                null => RejectAddress(context, routes.Value),
                RouteEndpoint => RejectGrpc(context),
                // Routing rejects a method by an endpoint of its own.
                _ => RejectMethod(context, MethodsOf(context.Request.Path, routes.Value), routes.Value),
            });
    }

    private static Task RejectGrpc(HttpContext context) => ErrorResponse.WriteAsync(
        context, new(InferenceErrorKind.Unsupported,
            $"no method {Excerpt.Of(context.Request.Path)}; gRPC reflection lists the methods of this server"));

    private static Task RejectAddress(HttpContext context, KnownRoute[] routes)
    {
        var path = Excerpt.Of(context.Request.Path);
        // A name with a colon is a model's name for GET only.
        if (!path.Contains(':') && MethodsOf(context.Request.Path, routes) is { Length: > 0 } methods)
            return RejectMethod(context, methods, routes);
        var hint = NearestAddress.Of(path, [.. routes.Select(route => route.Pattern)]);
        var nearest = hint is null ? "; /openapi/v1.json lists the addresses" : $"; did you mean {hint}?";
        return ErrorResponse.WriteAsync(context, new(InferenceErrorKind.NotFound, $"{path} is not an address of this server{nearest}"));
    }

    private static Task RejectMethod(HttpContext context, string[] methods, KnownRoute[] routes)
    {
        // The path of "OPTIONS *" is empty.
        var path = context.Request.Path.HasValue ? context.Request.Path : new("/");
        var method = context.Request.Method;
        var call = NearestAddress.Calls(routes.Select(route => route.Pattern))
            .Select(verb => path + verb).FirstOrDefault(address => MethodsOf(address, routes).Contains(method));
        var hint = call is null ? "" : $"; did you mean {Excerpt.Of(call)}?";
        var allowed = string.Join(", ", methods);
        // HEAD is answered wherever GET is.
        context.Response.Headers.Allow = methods.Contains(HttpMethods.Get) ? $"{allowed}, {HttpMethods.Head}" : allowed;
        return ErrorResponse.WriteJsonAsync(context, StatusCodes.Status405MethodNotAllowed, new InferenceException(
            InferenceErrorKind.InvalidInput, $"{Excerpt.Of(path)} does not take {Excerpt.Of(method)}, expected {allowed}{hint}"));
    }

    /// <summary>
    /// Gets the methods that an address takes; empty if it is not one. Routing counts the methods of <c>{model}:classify</c> to those of
    /// <c>{model}</c>, so only the most precise routes count here.
    /// </summary>
    private static string[] MethodsOf(PathString path, KnownRoute[] routes) =>
        routes.Where(route => route.Matcher.TryMatch(path, []))
            .GroupBy(route => route.Pattern.InboundPrecedence).MinBy(group => group.Key)?
            .SelectMany(route => route.Methods).Distinct().Order(StringComparer.Ordinal).ToArray() ?? [];

    /// <summary>A route with the methods that it takes; none for a route that only rejects them.</summary>
    private sealed record KnownRoute(RoutePattern Pattern, TemplateMatcher Matcher, IReadOnlyList<string> Methods)
    {
        public static KnownRoute Of(RouteEndpoint endpoint) => new(
            endpoint.RoutePattern,
            new(new RouteTemplate(endpoint.RoutePattern), []),
            endpoint.Metadata.GetMetadata<MethodRejection>() is null
                ? endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
                : []);
    }
}
