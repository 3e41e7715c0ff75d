namespace LeNetServe.InferenceServer.Pipeline;

/// <summary>Whether requests are gathered into batches.</summary>
internal enum Batching
{
    /// <summary>On CUDA only.</summary>
    Auto,

    /// <summary>Never: each request runs on its own.</summary>
    Off,

    /// <summary>Always.</summary>
    On,
}
