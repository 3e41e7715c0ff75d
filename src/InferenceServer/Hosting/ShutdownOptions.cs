using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>The section <c>Shutdown</c>: the end of the server after SIGTERM.</summary>
internal sealed record ShutdownOptions
{
    /// <summary>
    /// Gets the time in which the server accepts requests although readiness is off, so that balancers stop sending first.
    /// Calls that end while the listeners close may be lost if it is 0 (<see cref="LastAnswers"/>).
    /// </summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the longest wait for requests in progress after that.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public static ShutdownOptions Read(SettingsReader reader)
    {
        var defaults = new ShutdownOptions();
        var longest = TimeSpan.FromMinutes(10);
        const string delay = "After readiness is off, requests are accepted for this time, so that balancers stop sending first";
        return new()
        {
            DrainDelay = reader.Duration("Shutdown:DrainDelay", defaults.DrainDelay, longest, delay),
            Timeout = reader.Duration("Shutdown:Timeout", defaults.Timeout, longest, "Longest wait for requests in progress after that"),
        };
    }
}
