namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Marks a route that rejects a method.</summary>
internal sealed record MethodRejection;
