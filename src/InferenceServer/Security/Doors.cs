namespace LeNetServe.InferenceServer.Security;

/// <summary>Which paths lead where. A path that nobody thought of needs what a model needs.</summary>
internal static class Doors
{
    /// <summary>The door of a path.</summary>
    public static Door Of(PathString path)
    {
        var value = path.Value ?? "";
        if (StartsWith(value, "/inference.GRPCInferenceService/"))
            return value.AsSpan("/inference.GRPCInferenceService/".Length) switch
            {
                "ServerLive" or "ServerReady" => Door.Health,
                "RepositoryModelLoad" or "RepositoryModelUnload" => Door.Control,
                _ => Door.Inference,
            };
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
