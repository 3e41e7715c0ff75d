using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Adds TLS to a port.</summary>
internal static class TlsExtensions
{
    /// <summary>Adds TLS if it is configured. Each new connection uses the current certificate.</summary>
    public static ListenOptions UseConfiguredTls(this ListenOptions listen)
    {
        if (listen.ApplicationServices.GetRequiredService<TlsState>().Certificates is not { } certificates)
            return listen;
        return listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(certificates.Current),
            HandshakeTimeout = TimeSpan.FromSeconds(10),
        });
    }
}
