namespace LeNetServe.InferenceServer.Configuration;

/// <summary>The presence of a part of the server.</summary>
internal enum Switch
{
    /// <summary>The part is there.</summary>
    On,

    /// <summary>The part does not exist for callers.</summary>
    Off,
}
