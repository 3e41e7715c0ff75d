using System.Text.Json.Nodes;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Inference;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LeNetServe.InferenceServer.Api.Page;

/// <summary>Maps the page at the server's root. Its files hold no secret and need no token; the calls that the page makes do.</summary>
internal static class PageExtensions
{
    public static void MapPage(this IEndpointRouteBuilder endpoints)
    {
        foreach (var file in PageFile.All)
            endpoints.MapMethods(file.Path, [HttpMethods.Get, HttpMethods.Head], file.Reply)
                .WithAccess(AccessRule.Open).ExcludeFromDescription();
        endpoints.MapGet("/page/server.json", Describe).WithAccess(AccessRule.Open).ExcludeFromDescription();
    }

    /// <summary>Describes the server to the page: the port of gRPC, for the calls that it writes, and whether it explains.</summary>
    private static async Task Describe(HttpContext context)
    {
        var server = context.RequestServices.GetRequiredService<IServer>();
        var grpc = BindingAddress.Parse(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        context.Response.ContentType = "application/json";
        var explains = context.RequestServices.GetRequiredService<PipelineOptions>().Explain == Switch.On;
        var description = new JsonObject { ["grpcPort"] = grpc.Port, ["explains"] = explains };
        await context.Response.WriteAsync(description.ToJsonString(), context.RequestAborted);
    }
}
