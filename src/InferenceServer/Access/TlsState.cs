using System.Net.Security;

namespace LeNetServe.InferenceServer.Access;

/// <summary>The current certificates.</summary>
internal sealed class TlsState(SecurityOptions options, TimeProvider time, SecurityLog log) : IDisposable
{
    /// <summary>Gets the options of the next handshake; null without TLS.</summary>
    public ReloadedFile<SslServerAuthenticationOptions>? Certificates { get; } = options.Tls is { } tls
        ? new([tls.CertificateFile, tls.KeyFile, tls.ClientAuthoritiesFile], () =>
            Read(tls, time, log), options.ReloadInterval, time, log)
        : null;

    private static SslServerAuthenticationOptions Read(TlsOptions tls, TimeProvider time, SecurityLog log)
    {
        var read = TlsCertificates.Read(tls);
        var certificate = read.ServerCertificateContext!.TargetCertificate;
        var now = time.GetUtcNow().UtcDateTime;
        if (now < certificate.NotBefore.ToUniversalTime() || now > certificate.NotAfter.ToUniversalTime())
            log.NotValid(tls.CertificateFile, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        return read;
    }

    public void Dispose() => Certificates?.Dispose();
}
