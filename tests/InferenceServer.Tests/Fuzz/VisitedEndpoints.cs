using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeNetServe.InferenceServer.Tests.Fuzz;

/// <summary>Notes which endpoints were called, so that a test that claims all of them can be held to it.</summary>
internal sealed class VisitedEndpoints : IStartupFilter
{
    private readonly ConcurrentDictionary<string, bool> visited = new();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => async context =>
        {
            // Routing comes later, and what refuses a call may clear the endpoint again: it is looked at when the answer begins as well.
            context.Response.OnStarting(() => Note(context));
            await following(context);
            await Note(context);
        });
        next(app);
    };

    /// <summary>The routes that no request has reached, of those whose pattern passes.</summary>
    public IReadOnlyList<string> Missing(TestServer server, Func<string, bool> isMeant)
    {
        var endpoints = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToArray();
        // JSON transcoding's route for the same address is never reached.
        var ofAnyContent = endpoints.Where(TakesAnyContent).Select(Address).ToHashSet();
        return
        [
            .. from endpoint in endpoints
               let pattern = endpoint.RoutePattern.RawText ?? ""
               where isMeant(pattern) && !pattern.Contains("unimplemented", StringComparison.Ordinal)
                   && !visited.ContainsKey(Name(endpoint))
                   && (TakesAnyContent(endpoint) || !IsPost(endpoint) || !ofAnyContent.Contains(Address(endpoint)))
               select endpoint.DisplayName ?? pattern,
        ];
    }

    private static bool TakesAnyContent(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes.Contains("*/*") == true;

    private static bool IsPost(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Post) == true;

    private static string? Address(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText?.Trim('/');

    // The endpoints of gRPC are other objects each time they are listed.
    private static string Name(Endpoint endpoint) => $"{endpoint.DisplayName} {(endpoint as RouteEndpoint)?.RoutePattern.RawText}";

    private Task Note(HttpContext context)
    {
        if (context.GetEndpoint() is { } endpoint)
            visited[Name(endpoint)] = true;
        return Task.CompletedTask;
    }
}
