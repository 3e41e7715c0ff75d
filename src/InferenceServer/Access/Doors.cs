namespace LeNetServe.InferenceServer.Access;

/// <summary>Which paths lead where. A path that nobody thought of needs what a model needs.</summary>
internal static class Doors
{
    private const string OpenInference = "/inference.GRPCInferenceService/";

    /// <summary>The door of a call: that of the endpoint that routing chose, however the path was written, else that of the path.</summary>
    public static Door Of(HttpContext context) => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern }
        ? Of(pattern.StartsWith('/') ? pattern : $"/{pattern}")
        : Of(context.Request.Path);

    /// <summary>The door of a path or of a route's pattern.</summary>
    public static Door Of(PathString path) => Of(path.Value ?? "");

    private static Door Of(string value)
    {
        if (StartsWith(value, OpenInference))
        {
            var method = value[OpenInference.Length..];
            return Is(method, "RepositoryModelLoad") || Is(method, "RepositoryModelUnload") ? Door.Control
                : Is(method, "ServerLive") || Is(method, "ServerReady") ? Door.Health
                : Door.Inference;
        }
        if (StartsWith(value, "/v2/repository/models/"))
            return Door.Control;
        if (Is(value, "/livez") || Is(value, "/readyz") || StartsWith(value, "/v2/health/") || StartsWith(value, "/grpc.health.v1.Health/"))
            return Door.Health;
        if (Is(value, "/metrics"))
            return Door.Metrics;
        return StartsWith(value, "/grpc.reflection.") ? Door.Reflection : Door.Inference;
    }

    // Routing ignores case and a closing slash, and so must this.
    private static bool Is(string path, string expected) => path.AsSpan().TrimEnd('/').Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static bool StartsWith(string path, string prefix) => path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
