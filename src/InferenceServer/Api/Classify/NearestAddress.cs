using Microsoft.AspNetCore.Routing.Patterns;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>The address that a mistyped path most likely means.</summary>
internal static class NearestAddress
{
    /// <summary>Gets the calls at the ends of routes, such as <c>:classify</c>.</summary>
    public static IEnumerable<string> Calls(IEnumerable<RoutePattern> routes) =>
        routes.Select(CallOf).Where(call => call.Length > 0).Distinct();

    /// <summary>
    /// Gets the nearest address: a route whose literals the path has, or all but a part, with the path's other words as its parameters.
    /// Else a route without parameters. Null if none is near.
    /// </summary>
    public static string? Of(string path, IReadOnlyCollection<RoutePattern> routes)
    {
        var colon = path.IndexOf(':', path.LastIndexOf('/') + 1);
        var call = "";
        if (colon >= 0 && NearestName.Of(path[colon..], Calls(routes)) is { } nearest)
            (call, path) = (nearest, path[..colon]);
        var words = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var filled = routes
            .Where(route => route.Parameters.Count > 0 && words.Length <= route.PathSegments.Count && CallOf(route) == call)
            .Select(route => Fill(route, call, words)).Where(route => route.Address is not null)
            .OrderBy(route => route.Missing).FirstOrDefault();
        return filled.Address
            ?? (call.Length > 0 ? null : NearestName.Of(
                path, routes.Where(route => route.Parameters.Count == 0).Select(route => route.RawText).OfType<string>()));
    }

    /// <summary>Puts the words into the route; no address if they do not fit. A call may lack parameters, whose names then stay.</summary>
    private static (string? Address, int Missing) Fill(RoutePattern route, string call, string[] words)
    {
        string[] literals = [.. route.PathSegments.Select(LiteralOf).OfType<string>()];
        var isLiteral = words.ToLookup(word => NearestName.Of(word, literals) is not null);
        var arguments = new Queue<string>(isLiteral[false]);
        var missing = literals.Length - isLiteral[true].Count();
        var lacks = route.Parameters.Count - arguments.Count;
        var mayLack = call.Length > 0 ? route.Parameters.Count : 0;
        if (lacks < 0 || lacks > mayLack || missing < 0 || 2 * missing >= literals.Length + (call.Length > 0 ? 1 : 0))
            return (null, 0);
        var address = string.Concat(route.PathSegments.Select(
            segment => "/" + (LiteralOf(segment) ?? (arguments.TryDequeue(out var argument) ? argument : $"{{{ParameterOf(segment)}}}"))));
        return (address + call, missing + lacks);
    }

    private static string CallOf(RoutePattern route) =>
        route.PathSegments is [.., { Parts: [.., RoutePatternLiteralPart { Content: [':', ..] content }] }] ? content : "";

    private static string? LiteralOf(RoutePatternPathSegment segment) => (segment.Parts[0] as RoutePatternLiteralPart)?.Content;

    private static string? ParameterOf(RoutePatternPathSegment segment) => (segment.Parts[0] as RoutePatternParameterPart)?.Name;
}
