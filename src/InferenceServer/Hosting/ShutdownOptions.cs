using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>How the server ends after SIGTERM.</summary>
internal sealed record ShutdownOptions
{
    /// <summary>How long it still takes requests while readiness is already off, so that load balancers can turn away first.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.Zero;

    /// <summary>How long requests in flight may still take after that.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public static ShutdownOptions Read(SettingsReader reader)
    {
        var defaults = new ShutdownOptions();
        return new()
        {
            DrainDelay = reader.Duration("Shutdown:DrainDelay", defaults.DrainDelay, TimeSpan.FromMinutes(10), "Readiness is off and requests are still taken for so long, so that balancers turn away first"),
            Timeout = reader.Duration("Shutdown:Timeout", defaults.Timeout, TimeSpan.FromMinutes(10), "Requests in flight may take so long after that"),
        };
    }
}
