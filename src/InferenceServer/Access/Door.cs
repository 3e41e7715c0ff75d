namespace LeNetServe.InferenceServer.Access;

/// <summary>What a path leads to; each has its own rule.</summary>
internal enum Door
{
    /// <summary>Health: always open, for probes have no tokens.</summary>
    Health,

    /// <summary>Models: answers, descriptions, statistics. Whatever is not listed elsewhere.</summary>
    Inference,

    /// <summary>Loading and unloading of models.</summary>
    Control,

    /// <summary><c>/metrics</c>.</summary>
    Metrics,

    /// <summary>gRPC reflection.</summary>
    Reflection,
}
