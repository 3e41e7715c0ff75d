using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Limits the calls of each client.</summary>
internal sealed class ClientRate(RateLimitOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.Create<string, string>(client =>
        RateLimitPartition.GetTokenBucketLimiter(client, _ => Bucket(options)));

    /// <summary>Counts a call, or several. Returns false if the client is over its rate, with the wait before a retry.</summary>
    public bool TryTake(string client, out TimeSpan retryAfter, int calls = 1)
    {
        // A batch that is larger than the burst costs the whole burst; otherwise it could never pass.
        using var lease = limiter.AttemptAcquire(client, Math.Min(calls, options.Burst));
        retryAfter = lease.IsAcquired ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Max(0.001, 1 / options.CallsPerSecond));
        return lease.IsAcquired;
    }

    /// <summary>Names a client without a token or certificate: its IPv4 address, or the first 64 bits of its IPv6 address.</summary>
    public static string NameOf(IPAddress? address)
    {
        if (address is null)
            return "unix";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes()[..8], 0, 0, 0, 0, 0, 0, 0, 0]).ToString() + "/64"
            : address.ToString();
    }

    public void Dispose() => limiter.Dispose();

    // A bucket gets whole calls: one at a time, or several if that would be more than a hundred times a second.
    private static TokenBucketRateLimiterOptions Bucket(RateLimitOptions options)
    {
        var perPeriod = Math.Max(1, (int)Math.Round(options.CallsPerSecond / 100));
        return new()
        {
            TokenLimit = options.Burst,
            TokensPerPeriod = Math.Min(perPeriod, options.Burst),
            ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Min(perPeriod, options.Burst) / options.CallsPerSecond),
            QueueLimit = 0,
            AutoReplenishment = true,
        };
    }
}
