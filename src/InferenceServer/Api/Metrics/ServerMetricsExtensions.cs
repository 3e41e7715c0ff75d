using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LeNetServe.InferenceServer.Api.Metrics;

/// <summary>Maps <c>/metrics</c>.</summary>
internal static class ServerMetricsExtensions
{
    /// <summary>Maps <c>/metrics</c>: Prometheus' text, or OpenMetrics for a client that prefers it.</summary>
    public static IEndpointConventionBuilder MapServerMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/metrics", Text).WithAccess(AccessRule.Metrics).ExcludeFromDescription();

    private static ContentHttpResult Text(HttpRequest request, ServerMetrics metrics, ModelRepository repository)
    {
        var text = PrometheusText.Write(metrics, repository.Current.Versions);
        return OpenMetricsText.IsPreferred(request)
            ? TypedResults.Text(OpenMetricsText.Of(text), OpenMetricsText.ContentType)
            : TypedResults.Text(text, PrometheusText.ContentType);
    }
}
