using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api;

/// <summary>Applies the rules of HTTP that are the same for all REST routes.</summary>
internal static class HttpRules
{
    /// <summary>Answers HEAD wherever GET is. Kestrel omits the body. Call this before routing.</summary>
    public static void UseHead(this IApplicationBuilder app) => app.Use(next => context =>
    {
        if (HttpMethods.IsHead(context.Request.Method))
            context.Request.Method = HttpMethods.Get;
        return next(context);
    });

    /// <summary>Rejects unknown query parameters below <c>/v1</c> and <c>/v2</c>. Call this after the Gatekeeper.</summary>
    public static void UseKnownQueries(this IApplicationBuilder app) => app.Use(next => context =>
    {
        if (context.Request.QueryString.HasValue && UnknownQuery(context) is { } error)
            return ErrorResponse.WriteAsync(context, error);
        return next(context);
    });

    private static InferenceException? UnknownQuery(HttpContext context)
    {
        var path = context.Request.Path;
        if (context.GetEndpoint() is not { } endpoint || !(path.StartsWithSegments("/v1") || path.StartsWithSegments("/v2")))
            return null;
        var known = endpoint.Metadata.GetMetadata<QueryAttribute>()?.Names ?? [];
        if (context.Request.Query.Keys.FirstOrDefault(name => !known.Contains(name)) is not { } unknown)
            return null;
        var nearest = NearestName.Of(Excerpt.Of(unknown.Replace("_", "")), known);
        var expected = nearest is not null
            ? $"; did you mean {nearest}?"
            : known.Count > 0 ? $", expected {string.Join(" or ", known)}" : "";
        return InferenceException.InvalidInput($"unknown query parameter \"{Excerpt.Of(unknown)}\"{expected}", "");
    }
}
