using LeNetServe.InferenceServer.Access;
using Scalar.AspNetCore;

namespace LeNetServe.InferenceServer.Api.Reference;

/// <summary>Maps the description of the REST calls: an OpenAPI document, and a page that shows it and sends requests.</summary>
internal static class ReferenceExtensions
{
    private const string DocumentPath = "/openapi/v1.json";
    private const string PagePath = "/reference";

    // The page's script has its styles and its code in itself. Nothing comes from another host.
    private const string Policy =
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
        "img-src 'self' blob: data:; font-src 'self' data:; worker-src 'self' blob:; " +
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // The file has a placeholder for the version.
    private static readonly Lazy<string> Document = new(() =>
    {
        using var reader = new StreamReader(typeof(ReferenceExtensions).Assembly.GetManifestResourceStream("openapi.json")!);
        return reader.ReadToEnd().Replace("{PRODUCT_VERSION}", ProductVersion.Text, StringComparison.Ordinal);
    });

    /// <summary>Maps the OpenAPI document. It tells nothing about the models of this server, so it needs no token.</summary>
    public static void MapOpenApi(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(DocumentPath, () => TypedResults.Text(Document.Value, "application/json"))
            .WithAccess(AccessRule.Open).ExcludeFromDescription();

    /// <summary>Maps the page.</summary>
    public static void MapReference(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapScalarApiReference(PagePath, options =>
        {
            options.Title = "LeNetServe";
            options.OpenApiRoutePattern = DocumentPath;
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.DisableAgent();
            options.HideDeveloperTools();
        }).WithAccess(AccessRule.Open).Add(endpoint =>
        {
            var page = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                context.Response.Headers.ContentSecurityPolicy = Policy;
                context.Response.Headers["Referrer-Policy"] = "no-referrer";
                return page(context);
            };
        });
}
