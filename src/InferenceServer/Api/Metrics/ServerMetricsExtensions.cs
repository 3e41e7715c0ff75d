using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LeNetServe.InferenceServer.Api.Metrics;

/// <summary>Maps <c>/metrics</c>.</summary>
internal static class ServerMetricsExtensions
{
    /// <summary>Maps Prometheus' text at <c>/metrics</c>.</summary>
    public static IEndpointConventionBuilder MapServerMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/metrics", Text).WithAccess(AccessRule.Metrics).ExcludeFromDescription();

    private static ContentHttpResult Text(ServerMetrics metrics, ModelRepository repository) =>
        TypedResults.Text(PrometheusText.Write(metrics, repository.Current.Versions), PrometheusText.ContentType);
}
