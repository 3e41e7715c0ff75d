using System.Security.Cryptography.X509Certificates;
using LeNetServe.InferenceServer.Access;
using LeNetServe.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Access;

public sealed class ReloadedFileTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly TemporaryDirectory directory = new();
    private readonly FakeTimeProvider time = new();
    private readonly SecurityLog log = new(NullLogger<SecurityLog>.Instance);

    [Fact]
    public void Current_FileChanged_IsNewAfterTheInterval()
    {
        var path = directory["value"];
        File.WriteAllText(path, "one");
        using var file = new ReloadedFile<string>([path, null], () => File.ReadAllText(path), Interval, time, log);

        File.WriteAllText(path, "two");
        Assert.Equal("one", file.Current);
        time.Advance(Interval);
        Assert.Equal("two", file.Current);
    }

    [Fact]
    public void Current_FileBrokenOrGone_StaysUntilItIsGoodAgain()
    {
        var path = directory["tokens"];
        File.WriteAllText(path, "first-token-0123456789");
        using var file = new ReloadedFile<byte[][]>([path], () => TokenFile.Read(path), Interval, time, log);
        var first = file.Current;

        File.WriteAllText(path, "short");
        time.Advance(Interval);
        Assert.Same(first, file.Current);
        File.Delete(path);
        time.Advance(Interval);
        Assert.Same(first, file.Current);
        File.WriteAllText(path, "second-token-0123456789");
        time.Advance(Interval);
        Assert.NotEqual(first[0], file.Current[0]);
    }

    [Fact]
    public void Current_UnreadableForLongerThanTheExpiry_IsTheExpiryUntilItIsGoodAgain()
    {
        var path = directory["tokens"];
        File.WriteAllText(path, "first-token-0123456789");
        var expiry = new Expiry<byte[][]>([], 3 * Interval);
        using var file = new ReloadedFile<byte[][]>([path], () => TokenFile.Read(path), Interval, time, log, expiry);

        File.Delete(path);
        for (var look = 0; look < 3; look++)
        {
            time.Advance(Interval);
            Assert.Single(file.Current);
            Assert.True(file.IsStale);
        }
        time.Advance(Interval);
        Assert.Empty(file.Current);

        // The same content as before.
        File.WriteAllText(path, "first-token-0123456789");
        time.Advance(Interval);
        Assert.Single(file.Current);
        Assert.False(file.IsStale);
    }

    [Fact]
    public void Current_KeyRenewedBeforeTheCertificate_IsThePairThatFits()
    {
        using var authority = new TestAuthority("Test authority");
        using var first = authority.Issue("localhost");
        using var second = authority.Issue("localhost");
        var options = new TlsOptions { CertificateFile = directory["certificate.pem"], KeyFile = directory["key.pem"] };
        void Write(string path, X509Certificate2 certificate, bool key) =>
            File.WriteAllText(
                path, key ? certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() : certificate.ExportCertificatePem());
        Write(options.CertificateFile, first, key: false);
        Write(options.KeyFile, first, key: true);
        using var file = new ReloadedFile<System.Net.Security.SslServerAuthenticationOptions>(
            [options.CertificateFile, options.KeyFile], () => TlsCertificates.Read(options), Interval, time, log);

        Write(options.KeyFile, second, key: true);
        time.Advance(Interval);
        Assert.Equal(first.SerialNumber, file.Current.ServerCertificateContext!.TargetCertificate.SerialNumber);
        Write(options.CertificateFile, second, key: false);
        time.Advance(Interval);
        Assert.Equal(second.SerialNumber, file.Current.ServerCertificateContext!.TargetCertificate.SerialNumber);
    }

    public void Dispose() => directory.Dispose();
}
