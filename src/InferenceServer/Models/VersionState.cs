namespace LeNetServe.InferenceServer.Models;

/// <summary>What a version is doing.</summary>
internal enum VersionState
{
    /// <summary>It is being opened, checked and warmed.</summary>
    Loading,

    /// <summary>It answers.</summary>
    Ready,

    /// <summary>It failed to load, or was unloaded.</summary>
    Unavailable,
}
