using Grpc.Net.Client.Balancer;

namespace LeNetServe.Client.Channels;

/// <summary>Gives the channel a fixed list of servers. The channel takes its resolvers from a service provider.</summary>
internal sealed class SeveralServers(IReadOnlyList<Uri> urls) : IServiceProvider
{
    public const string Target = "static:///lenetserve";

    // Grpc.Net.Client reads this key for the Host header and the TLS server name. Without the key it would use the target's name for all
    // servers.
    private static readonly BalancerAttributesKey<string> HostOverride = new("HostOverride");

    private readonly ResolverFactory[] factories = [new StaticResolverFactory(_ => [.. urls.Select(Address)])];

    public object? GetService(Type serviceType) => serviceType == typeof(IEnumerable<ResolverFactory>) ? factories : null;

    private static BalancerAddress Address(Uri url)
    {
        var address = new BalancerAddress(url.IdnHost, url.Port);
        address.Attributes.Set(HostOverride, url.Authority);
        return address;
    }
}
