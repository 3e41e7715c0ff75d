using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Who a call comes from, as far as the rate limit is concerned; a feature of the request.</summary>
internal sealed class RatedClient(string name, ClientRate rate)
{
    /// <summary>A name that is no secret.</summary>
    public string Name => name;

    /// <summary>Counts one more call, such as a message of a stream.</summary>
    public bool TryTake(out TimeSpan retryAfter) => rate.TryTake(name, out retryAfter);

    /// <summary>The error of a message that came too early.</summary>
    public static InferenceException TooFast() => new(InferenceErrorKind.Overloaded, "more calls a second from one client than Security:RateLimit allows");
}
