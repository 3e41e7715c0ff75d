using System.Net.Security;

namespace LeNetServe.InferenceServer.Access;

/// <summary>The current certificates.</summary>
internal sealed class TlsState(SecurityOptions options, TimeProvider time, SecurityLog log) : IDisposable
{
    /// <summary>Gets the options of the next handshake; null without TLS.</summary>
    public ReloadedFile<SslServerAuthenticationOptions>? Certificates { get; } = options.Tls is { } tls
        ? new([tls.CertificateFile, tls.KeyFile, tls.ClientAuthoritiesFile], () =>
            TlsCertificates.Read(tls), options.ReloadInterval, time, log)
        : null;

    public void Dispose() => Certificates?.Dispose();
}
