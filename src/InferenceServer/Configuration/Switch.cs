namespace LeNetServe.InferenceServer.Configuration;

/// <summary>Whether a part of the server is there.</summary>
internal enum Switch
{
    /// <summary>The part is there.</summary>
    On,

    /// <summary>The part does not exist for callers.</summary>
    Off,
}
