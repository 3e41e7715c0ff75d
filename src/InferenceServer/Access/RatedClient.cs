using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Access;

/// <summary>The client of a request, for the rate limit. A feature of the request.</summary>
internal sealed class RatedClient(string name, ClientRate rate)
{
    private readonly string name = name;
    private readonly ClientRate rate = rate;

    /// <summary>Counts one more call, such as a message of a stream. Returns false if the client is over its rate.</summary>
    public bool TryTake() => rate.TryTake(name, out _);

    /// <summary>Counts the images of a batch, the first of which the Gatekeeper has counted as the call.</summary>
    /// <exception cref="InferenceException">The client is over its rate.</exception>
    public static void RequireRate(RatedClient? client, int images)
    {
        if (client is not null && images > 1 && !client.rate.TryTake(client.name, out _, images - 1))
            throw TooFast();
    }

    /// <summary>Creates the error of a message over the rate.</summary>
    public static InferenceException TooFast() =>
        new(InferenceErrorKind.Overloaded, "more calls or images a second from one client than Security:RateLimit allows");

    /// <summary>Creates the error of a call over the rate.</summary>
    public static InferenceException TooFast(RateLimitOptions limit, TimeSpan retryAfter) =>
        new(InferenceErrorKind.Overloaded, $"more than {limit.CallsPerSecond} calls a second (bursts of {limit.Burst}) from one client")
        {
            RetryAfter = retryAfter,
        };
}
