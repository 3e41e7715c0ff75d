namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>The binary tensor extension's header.</summary>
internal static class RestHeaders
{
    /// <summary>Bytes of JSON before the binary tensors.</summary>
    public const string HeaderLength = "Inference-Header-Content-Length";
}
