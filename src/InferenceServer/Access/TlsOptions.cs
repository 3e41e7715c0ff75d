namespace LeNetServe.InferenceServer.Access;

/// <summary>TLS from PEM files. Renewed files are taken up for new connections; broken ones leave the old certificate serving.</summary>
internal sealed record TlsOptions
{
    /// <summary>The certificate, followed by its intermediates.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>Its private key, unencrypted; null: the key stands in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Authorities whose client certificates are let in; set: every client must show one (mTLS).</summary>
    public string? ClientAuthoritiesFile { get; init; }
}
