using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;
using Microsoft.AspNetCore.Http.Metadata;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Registers and maps REST: JSON calls, image files and gRPC-Web.</summary>
internal static class RestExtensions
{
    private static readonly string[] GrpcHeaders = ["Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin", "Grpc-Encoding",
        "Grpc-Accept-Encoding"];

    public static IServiceCollection AddRest(this IServiceCollection services, IReadOnlyList<string> origins)
    {
        services.AddSingleton<ImageUpload>();
        if (origins.Count > 0)
            services.AddCors(cors => cors.AddDefaultPolicy(
                policy => policy.WithOrigins([.. origins]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(GrpcHeaders)));
        return services;
    }

    /// <summary>Adds CORS and gRPC-Web. Call this before the endpoints.</summary>
    public static void UseRest(this WebApplication app, IReadOnlyList<string> origins)
    {
        app.UseHead();
        app.UseRouting();
        if (origins.Count > 0)
            app.UseCors();
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
    }

    public static void MapRest(this IEndpointRouteBuilder endpoints)
    {
        var upload = endpoints.ServiceProvider.GetRequiredService<ImageUpload>();
        foreach (var model in (string[])["/v1/models/{model}", "/v1/models/{model}/versions/{version}"])
        {
            Post($"{model}:classify", upload.ClassifyAsync, "topK", "geometry", "coverage");
            Post($"{model}:classifyBatch", upload.ClassifyBatchAsync, "topK", "geometry", "coverage");
            Post($"{model}:explain", upload.ExplainAsync, "topK", "geometry", "layers", "attribution");
        }

        void Post(string route, RequestDelegate handle, params string[] query)
        {
            // Without a content type of its own, JSON transcoding would take what these routes do not.
            endpoints.MapPost(route, handle).WithMetadata(new AcceptsMetadata(["*/*"]), new QueryAttribute(query))
                .WithAccess(AccessRule.Inference);
            // Without this route GET would look for a model with that name.
            endpoints.MapGet(route, NotAllowed).WithMetadata(new MethodRejection()).WithAccess(AccessRule.Inference);
        }
    }

    private static Task NotAllowed(HttpContext context)
    {
        context.Response.Headers.Allow = HttpMethods.Post;
        var exception = new InferenceException(InferenceErrorKind.InvalidInput, "GET cannot classify, expected POST with an image");
        return ErrorResponse.WriteJsonAsync(context, StatusCodes.Status405MethodNotAllowed, exception);
    }
}
