using Grpc.Net.Client.Balancer;

namespace LeNetServe.Client.Channels;

/// <summary>
/// Gives the channel a fixed list of servers. The channel asks a service provider for its resolvers; this is the smallest one that answers.
/// </summary>
internal sealed class SeveralServers(IReadOnlyList<Uri> urls) : IServiceProvider
{
    public const string Target = "static:///lenetserve";

    // Grpc.Net.Client reads this key for the Host header and the name in TLS; without it all servers would be asked for by the target's name.
    private static readonly BalancerAttributesKey<string> HostOverride = new("HostOverride");

    private readonly ResolverFactory[] _factories = [new StaticResolverFactory(_ => [.. urls.Select(Address)])];

    public object? GetService(Type serviceType) => serviceType == typeof(IEnumerable<ResolverFactory>) ? _factories : null;

    private static BalancerAddress Address(Uri url)
    {
        var address = new BalancerAddress(url.IdnHost, url.Port);
        address.Attributes.Set(HostOverride, url.Authority);
        return address;
    }
}
