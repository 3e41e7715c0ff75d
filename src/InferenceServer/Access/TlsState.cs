using System.Net.Security;

namespace LeNetServe.InferenceServer.Access;

/// <summary>The certificates in use; none where TLS is not configured.</summary>
internal sealed class TlsState(SecurityOptions options, TimeProvider time, SecurityLog log) : IDisposable
{
    /// <summary>Settings of the next handshake; null: plain text.</summary>
    public ReloadedFile<SslServerAuthenticationOptions>? Certificates { get; } = options.Tls is { } tls
        ? new([tls.CertificateFile, tls.KeyFile, tls.ClientAuthoritiesFile], () => TlsCertificates.Read(tls), options.ReloadInterval, time, log)
        : null;

    public void Dispose() => Certificates?.Dispose();
}
