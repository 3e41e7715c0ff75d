namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// The rate limit of each client. A client is its bearer token, otherwise its certificate, otherwise its address (IPv6: the first 64 bits).
/// A message of a stream counts as a call.
/// </summary>
internal sealed record RateLimitOptions
{
    /// <summary>Gets the number of calls a second that a client may make in the long run.</summary>
    public double CallsPerSecond { get; init; }

    /// <summary>Gets the number of calls that a client may make at once after a pause.</summary>
    public int Burst { get; init; } = 100;
}
