using System.Text.Json;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>Implements the Open Inference Protocol over REST, <c>/v2</c>: translates requests, and leaves the work to others.</summary>
internal sealed class OpenInferenceEndpoints(CallRunner runner, ModelCatalog catalog, LimitOptions limits)
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var edge = endpoints.ServiceProvider.GetRequiredService<OpenInferenceEndpoints>();

        Get("/v2", edge.Server);
        Get("/v2/health/live", context => RestResponses.WriteAsync(context, StatusCodes.Status200OK, "live", true), AccessRule.Open);
        Get("/v2/health/ready", edge.Ready, AccessRule.Open);
        Get("/v2/models/stats", edge.Statistics);
        foreach (var model in (string[])["/v2/models/{model}", "/v2/models/{model}/versions/{version}"])
        {
            Get(model, edge.Metadata);
            Get(model + "/ready", edge.ModelReady);
            Get(model + "/config", edge.Config);
            Get(model + "/stats", edge.Statistics);
            Post(model + "/infer", edge.Infer);
        }
        Post("/v2/repository/index", edge.Index);
        Post("/v2/repository/models/{model}/load", edge.Load, AccessRule.Control);
        Post("/v2/repository/models/{model}/unload", edge.Unload, AccessRule.Control);
        foreach (var (route, feature) in Unsupported)
            Map(route, ["GET", "POST"], _ => throw OpenInferenceErrors.Unsupported(feature), AccessRule.Inference);

        void Get(string route, Func<HttpContext, Task> handle, AccessRule access = AccessRule.Inference) =>
            Map(route, ["GET"], handle, access);
        void Post(string route, Func<HttpContext, Task> handle, AccessRule access = AccessRule.Inference) =>
            Map(route, ["POST"], handle, access);
        void Map(string route, string[] methods, Func<HttpContext, Task> handle, AccessRule access) =>
            endpoints.MapMethods(route, methods, (RequestDelegate)(context => TranslateAsync(context, handle))).WithAccess(access);
    }

    private static readonly (string Route, string Feature)[] Unsupported =
    [
        ("/v2/systemsharedmemory/{**rest}", "shared memory"),
        ("/v2/cudasharedmemory/{**rest}", "shared memory"),
        ("/v2/trace/setting", "trace settings"),
        ("/v2/models/{model}/trace/setting", "trace settings"),
        ("/v2/logging", "dynamic logging"),
    ];

    private Task Server(HttpContext context) => RestResponses.WriteAsync(context, catalog.Server());

    private Task Ready(HttpContext context) =>
        RestResponses.WriteAsync(
            context, catalog.IsReady ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, "ready", catalog.IsReady);

    private Task Metadata(HttpContext context) => RestResponses.WriteAsync(context, catalog.Metadata(Model(context), Version(context)));

    private Task ModelReady(HttpContext context)
    {
        if (catalog.IsModelReady(Model(context), Version(context)))
            return RestResponses.WriteAsync(context, StatusCodes.Status200OK, "ready", true);
        return RestResponses.WriteErrorAsync(context, StatusCodes.Status400BadRequest, "Model version not ready");
    }

    private Task Config(HttpContext context) => RestResponses.WriteAsync(context, catalog.Config(Model(context), Version(context)));

    private Task Statistics(HttpContext context) => RestResponses.WriteAsync(context, catalog.Statistics(Model(context), Version(context)));

    private async Task Index(HttpContext context)
    {
        var ready = false;
        using (var body = await ReadJsonAsync(context, "ready"))
            if (body?.RootElement.TryGetProperty("ready", out var value) == true)
                ready = value.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? value.GetBoolean()
                    : throw OpenInferenceErrors.Invalid("Invalid value for 'ready': expected a boolean");
        await RestResponses.WriteAsync(context, catalog.Index("", ready).Models);
    }

    private async Task Load(HttpContext context)
    {
        string[] parameters = [];
        using (var body = await ReadJsonAsync(context, "parameters"))
            if (body?.RootElement.TryGetProperty("parameters", out var value) == true && value.ValueKind == JsonValueKind.Object)
                parameters = [.. value.EnumerateObject().Select(parameter => parameter.Name)];
        await catalog.LoadAsync("", Model(context), parameters, context.RequestAborted);
        context.Response.ContentType = "application/json";
    }

    private async Task Unload(HttpContext context)
    {
        (await ReadJsonAsync(context, "parameters"))?.Dispose();
        await catalog.UnloadAsync("", Model(context), context.RequestAborted);
        context.Response.ContentType = "application/json";
    }

    private async Task Infer(HttpContext context)
    {
        var headerLength = context.Request.Headers[RestCallReader.HeaderLength];
        var body = headerLength.Count == 0
            ? await RequestBody.ReadJsonAsync(context.Request, limits.MaxMessageBytes)
            : await RequestBody.ReadAsync(context.Request, limits.MaxMessageBytes);
        var call = runner.Read((Model: Model(context), Version: Version(context), Body: body, HeaderLength: headerLength.Count == 0
            ? null
            : headerLength.ToString()),
            static request => RestCallReader.Read(request.Model, request.Version, request.Body, request.HeaderLength));
        var answer = await runner.RunAsync(call, Caller.Of(context), context.Features.Get<RatedClient>());
        ServerTiming.AskedBy(context)?.Invoke(answer.Phases);
        var (reply, replyHeader) = RestAnswerWriter.Write(call, answer);
        await RestResponses.WriteAsync(context, reply, replyHeader);
    }

    private async Task<JsonDocument?> ReadJsonAsync(HttpContext context, string known)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, limits.MaxMessageBytes);
        if (body.Length == 0)
            return null;
        try
        {
            var document = JsonDocument.Parse(body);
            KnownFields.Require(document.RootElement, known);
            return document;
        }
        catch (JsonException exception)
        {
            throw OpenInferenceErrors.Invalid($"failed to parse the request JSON buffer: {JsonFault.Of(exception)}");
        }
    }

    private static async Task TranslateAsync(HttpContext context, Func<HttpContext, Task> handle)
    {
        try
        {
            await handle(context);
        }
        catch (InferenceException exception) when (!context.Response.HasStarted)
        {
            await RestResponses.WriteErrorAsync(context, exception);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has disconnected.
        }
    }

    private static string Model(HttpContext context) => context.GetRouteValue("model") as string ?? "";

    private static string Version(HttpContext context) => context.GetRouteValue("version") as string ?? "";
}
