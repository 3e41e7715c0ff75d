using System.Text.Json.Nodes;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.Runs;

/// <summary>Maps the trainings that the page shows as films: <c>/v1/runs</c> and <c>/v1/runs/{run}</c>.</summary>
internal static class RunsExtensions
{
    /// <summary>Maps the routes. Without a folder the list is empty.</summary>
    public static void MapRuns(this IEndpointRouteBuilder endpoints, string? folder)
    {
        var reads = endpoints.ServiceProvider.GetRequiredService<FileReads>();
        endpoints.MapGet("/v1/runs", (HttpContext context) => WriteAsync(context, reads,
            () => new JsonObject { ["runs"] = new JsonArray([.. RunFiles.List(folder).Select(run => (JsonNode)run)]) }))
            .WithAccess(AccessRule.Inference);
        endpoints.MapGet("/v1/runs/{run}", (HttpContext context, string run) =>
            WriteAsync(context, reads, () => RunFiles.Read(folder, run)))
            .WithAccess(AccessRule.Inference);
    }

    private static async Task WriteAsync(HttpContext context, FileReads reads, Func<JsonNode> read)
    {
        try
        {
            var text = await reads.ReadAsync(() => read().ToJsonString(), context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(text, context.RequestAborted);
        }
        catch (InferenceException exception)
        {
            await ErrorResponse.WriteAsync(context, exception);
        }
    }
}
