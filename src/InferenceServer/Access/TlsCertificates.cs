using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeNetServe.Files;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Reads PEM files for the handshake.</summary>
internal static class TlsCertificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const int LargestFile = 1 << 20;
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Reads the options of a handshake.</summary>
    /// <exception cref="InvalidDataException">A file is not PEM, the key does not fit, or the certificate is not for servers.</exception>
    public static SslServerAuthenticationOptions Read(TlsOptions options)
    {
        try
        {
            // Read each file once, so that a renewal at the same time cannot mix old and new content.
            var pem = RegularFile.ReadAllText(options.CertificateFile, LargestFile);
            var key = options.KeyFile is null ? pem : RegularFile.ReadAllText(options.KeyFile, LargestFile);
            var certificate = X509Certificate2.CreateFromPem(pem, key);
            Check(options.CertificateFile, certificate);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            var authentication = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
                EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13,
            };
            if (options.ClientAuthoritiesFile is { } path)
                AskForClientCertificates(authentication, ReadAuthorities(path));
            return authentication;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{options.CertificateFile} and {options.KeyFile ?? "the key in it"}: {exception.Message}", exception);
        }
    }

    private static void Check(string path, X509Certificate2 certificate)
    {
        var uses = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(
            extension => extension.EnhancedKeyUsages.Cast<Oid>());
        if (uses.Any() && uses.All(use => use.Value != ServerAuthentication))
            throw new InvalidDataException($"{path}: the certificate's extended key usage has no server authentication");
    }

    private static X509Certificate2Collection ReadAuthorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(RegularFile.ReadAllText(path, LargestFile));
        return authorities.Count > 0
            ? authorities
            : throw new InvalidDataException($"{path} has no certificate, expected the authorities of client certificates");
    }

    private static void AskForClientCertificates(SslServerAuthenticationOptions authentication, X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        authentication.ClientCertificateRequired = true;
        authentication.RemoteCertificateValidationCallback = (_, certificate, presented, _) =>
        {
            if (certificate is null)
                return false;
            using var chain = new X509Chain { ChainPolicy = policy.Clone() };
            chain.ChainPolicy.VerificationTimeIgnored = true;
            foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
                chain.ChainPolicy.ExtraStore.Add(element.Certificate);
            return chain.Build(certificate as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()));
        };
    }
}
