using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Puts TLS on a port.</summary>
internal static class TlsExtensions
{
    /// <summary>TLS where it is configured, with the certificate of the moment for each new connection; else nothing.</summary>
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
