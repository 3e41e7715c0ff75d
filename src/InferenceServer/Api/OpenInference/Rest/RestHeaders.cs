namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>The header of the binary tensor extension.</summary>
internal static class RestHeaders
{
    /// <summary>The number of bytes of JSON before the binary tensors.</summary>
    public const string HeaderLength = "Inference-Header-Content-Length";
}
