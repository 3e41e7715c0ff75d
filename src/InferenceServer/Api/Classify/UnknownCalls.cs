using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;
using Microsoft.AspNetCore.Routing.Template;

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
        : context.Request.IsGrpc() ? RejectGrpc(context)
        : context.GetEndpoint() switch
        {
            null => RejectAddress(context),
            RouteEndpoint => RejectGrpc(context),
            // Routing rejects a method by an endpoint of its own.
            _ => RejectMethod(context, MethodsOf(context.Request.Path, Routes(context)), Routes(context)),
        });

    private static Task RejectGrpc(HttpContext context) => ErrorResponse.WriteAsync(
        context, new(InferenceErrorKind.Unsupported,
            $"no method {Excerpt.Of(context.Request.Path)}; gRPC reflection lists the methods of this server"));

    private static Task RejectAddress(HttpContext context)
    {
        var path = Excerpt.Of(context.Request.Path);
        var routes = Routes(context);
        // A name with a colon is a model's name for GET only.
        if (!path.Contains(':') && MethodsOf(context.Request.Path, routes) is { Length: > 0 } methods)
            return RejectMethod(context, methods, routes);
        var hint = NearestAddress.Of(path, [.. routes.Select(route => route.RoutePattern)]);
        var nearest = hint is null ? "; /openapi/v1.json lists the addresses" : $"; did you mean {hint}?";
        return ErrorResponse.WriteAsync(context, new(InferenceErrorKind.NotFound, $"{path} is not an address of this server{nearest}"));
    }

    private static Task RejectMethod(HttpContext context, string[] methods, RouteEndpoint[] routes)
    {
        // The path of "OPTIONS *" is empty.
        var path = context.Request.Path.HasValue ? context.Request.Path : new("/");
        var method = context.Request.Method;
        var call = NearestAddress.Calls(routes.Select(route => route.RoutePattern))
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
    private static string[] MethodsOf(PathString path, RouteEndpoint[] routes) =>
        routes.Where(route => new TemplateMatcher(new RouteTemplate(route.RoutePattern), []).TryMatch(path, []))
            .GroupBy(route => route.RoutePattern.InboundPrecedence).MinBy(group => group.Key)?
            .Where(route => route.Metadata.GetMetadata<MethodRejection>() is null)
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct().Order(StringComparer.Ordinal).ToArray() ?? [];

    private static RouteEndpoint[] Routes(HttpContext context) =>
        [.. context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];
}
