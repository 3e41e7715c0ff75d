using Microsoft.AspNetCore.Connections;
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
        listen.Use(next => connection => EndAsync(next, connection));
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(certificates.Current),
            HandshakeTimeout = TimeSpan.FromSeconds(10),
        });
        listen.Use(next => connection =>
        {
            connection.Transport = new TlsOutput.Transport(connection.Transport);
            return next(connection);
        });
        return listen;
    }

    private static async Task EndAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        try
        {
            await next(connection);
        }
        catch (IOException)
        {
            // The end of TLS is a write as well, see TlsOutput.
        }
    }
}
