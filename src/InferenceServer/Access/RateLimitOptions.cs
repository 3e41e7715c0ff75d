namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// A token bucket for each client: its bearer token, else its certificate, else its address (of IPv6 the first 64 bits). A message of a
/// stream counts as a call.
/// </summary>
internal sealed record RateLimitOptions
{
    /// <summary>Calls a second that a client may make for long.</summary>
    public double CallsPerSecond { get; init; }

    /// <summary>Calls that it may make at once after a rest.</summary>
    public int Burst { get; init; } = 100;
}
