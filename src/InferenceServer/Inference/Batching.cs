namespace LeNetServe.InferenceServer.Inference;

/// <summary>Whether requests are gathered into batches.</summary>
internal enum Batching
{
    /// <summary>On CUDA only.</summary>
    Auto,

    /// <summary>Never: each request runs on its own.</summary>
    Off,

    /// <summary>Always.</summary>
    On,

    /// <summary>On CUDA; on a CPU, calls that wait for a thread at the same time run together (<see cref="OpportunisticRuns"/>).</summary>
    Opportunistic,
}
