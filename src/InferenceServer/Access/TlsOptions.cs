namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// TLS from PEM files. New connections use renewed files. If renewed files are broken, the old certificate remains in use.
/// </summary>
internal sealed record TlsOptions
{
    /// <summary>Gets the file of the certificate, followed by its intermediates.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>Gets the file of the private key, unencrypted; null if the key is in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Gets the file of authorities of client certificates. If set, every client needs a certificate (mTLS).</summary>
    public string? ClientAuthoritiesFile { get; init; }
}
