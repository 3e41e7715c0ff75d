namespace LeNetServe.InferenceServer.Models;

/// <summary>The right to use a version until disposed. Dispose exactly once.</summary>
internal readonly struct ModelLease(ServedVersion version) : IDisposable
{
    /// <summary>The leased version.</summary>
    public ServedVersion Version { get; } = version;

    public void Dispose() => Version.Release();
}
