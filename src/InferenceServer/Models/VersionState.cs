namespace LeNetServe.InferenceServer.Models;

/// <summary>The state of a version.</summary>
internal enum VersionState
{
    /// <summary>The version is being opened, checked and warmed.</summary>
    Loading,

    /// <summary>The version answers.</summary>
    Ready,

    /// <summary>The version failed to load, or was unloaded.</summary>
    Unavailable,
}
