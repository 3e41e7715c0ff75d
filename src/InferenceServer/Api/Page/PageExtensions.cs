using LeNetServe.InferenceServer.Access;

namespace LeNetServe.InferenceServer.Api.Page;

/// <summary>Maps the page at the server's root. Its files hold no secret and need no token; the calls that the page makes do.</summary>
internal static class PageExtensions
{
    public static void MapPage(this IEndpointRouteBuilder endpoints)
    {
        foreach (var file in PageFile.All)
            endpoints.MapMethods(file.Path, [HttpMethods.Get, HttpMethods.Head], file.Reply)
                .WithAccess(AccessRule.Open).ExcludeFromDescription();
    }
}
