using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeNetServe.Client.Tests.Fakes;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeNetServe.Client.Tests;

public sealed class BalancingTests
{
    private static readonly byte[] Seven = [7];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClassifyAsync_TwoServers_BothAnswer()
    {
        await using var one = await FakeServer.Start(new FakeClassifier { Name = "one" });
        await using var two = await FakeServer.Start(new FakeClassifier { Name = "two" });
        using var client = new LeNetServeClient(new LeNetServeClientOptions { Urls = { one.Url, two.Url } });

        // The second connection may open a moment later than the first.
        var answered = new HashSet<string>();
        while (answered.Count < 2)
            answered.Add((await client.ClassifyAsync(Seven, cancellationToken: Token)).Model);

        Assert.Equal(["one", "two"], answered.Order());
    }

    [Fact]
    public async Task ClassifyAsync_OneServerGoes_TheOtherAnswers()
    {
        var one = await FakeServer.Start(new FakeClassifier { Name = "one" });
        await using var two = await FakeServer.Start(new FakeClassifier { Name = "two" });
        using var client = new LeNetServeClient(new LeNetServeClientOptions { Urls = { one.Url, two.Url } });
        await client.ClassifyAsync(Seven, cancellationToken: Token);
        await one.DisposeAsync();

        for (var i = 0; i < 20; i++)
            Assert.Equal("two", (await client.ClassifyAsync(Seven, cancellationToken: Token)).Model);
    }

    [Fact]
    public async Task ClassifyAsync_NoServer_IsUnavailable()
    {
        string url;
        await using (var gone = await FakeServer.Start())
            url = gone.Url;
        var soon = TimeSpan.FromMilliseconds(1);
        using var client = new LeNetServeClient(new LeNetServeClientOptions { Urls = { url }, InitialBackoff = soon, MaxBackoff = soon });

        var error = await Assert.ThrowsAsync<LeNetServeException>(() => client.ClassifyAsync(Seven, cancellationToken: Token));

        Assert.Equal((LeNetServeErrorKind.Unavailable, $"no server answers at {url}: Connection refused"), (error.Kind, error.Message));
    }

    [Fact]
    public async Task ClassifyAsync_TheHttpPort_NamesTheOtherPort()
    {
        await using var server = await FakeServer.Start(protocols: HttpProtocols.Http1);
        using var client = new LeNetServeClient(server.Url);

        var error = await Assert.ThrowsAsync<LeNetServeException>(() => client.ClassifyAsync(Seven, cancellationToken: Token));

        var expected = "expected the gRPC port, which is 8001 by default, and https:// if the server speaks TLS";
        Assert.Equal($"{server.Url} has no HTTP/2 there: {expected}", error.Message);
    }

    [Fact]
    public async Task ClassifyAsync_TlsWithAServerWithoutTls_SaysSo()
    {
        await using var server = await FakeServer.Start();
        var url = server.Url.Replace("http:", "https:");
        using var client = new LeNetServeClient(url);

        var error = await Assert.ThrowsAsync<LeNetServeException>(() => client.ClassifyAsync(Seven, cancellationToken: Token));

        Assert.StartsWith($"no TLS connection to {url}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClassifyAsync_NoTlsWithAServerOfTls_SaysSo()
    {
        using var certificate = Certificate();
        await using var server = await FakeServer.Start(certificate: certificate);
        var url = $"http://localhost:{server.Port}";
        using var client = new LeNetServeClient(url);

        var error = await Assert.ThrowsAsync<LeNetServeException>(() => client.ClassifyAsync(Seven, cancellationToken: Token));

        Assert.StartsWith($"{url} has no HTTP/2 there: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("and https:// if the server speaks TLS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClassifyAsync_TlsWithAnOwnAuthority_ReachesEachServerByItsName()
    {
        using var certificate = Certificate();
        var authority = Path.GetTempFileName();
        await File.WriteAllTextAsync(authority, certificate.ExportCertificatePem(), Token);
        await using var one = await FakeServer.Start(new FakeClassifier { Name = "one" }, certificate);
        await using var two = await FakeServer.Start(new FakeClassifier { Name = "two" }, certificate);
        using var client = new LeNetServeClient(new LeNetServeClientOptions
        {
            Urls = { $"https://localhost:{one.Port}", $"https://127.0.0.1:{two.Port}" },
            CaCertificatePath = authority,
        });

        var answered = new HashSet<string>();
        while (answered.Count < 2)
            answered.Add((await client.ClassifyAsync(Seven, cancellationToken: Token)).Model);

        Assert.Equal($"localhost:{one.Port}", one.Classifier.LastHost);
        Assert.Equal($"127.0.0.1:{two.Port}", two.Classifier.LastHost);
        File.Delete(authority);
    }

    [Fact]
    public async Task ClassifyAsync_ACertificateOfAnUnknownAuthority_IsRefused()
    {
        using var certificate = Certificate();
        await using var server = await FakeServer.Start(certificate: certificate);
        using var client = new LeNetServeClient(
            new LeNetServeClientOptions { Urls = { $"https://localhost:{server.Port}" }, MaxAttempts = 1 });

        await Assert.ThrowsAsync<LeNetServeException>(() => client.ClassifyAsync(Seven, cancellationToken: Token));

        Assert.Equal(0, server.Classifier.Calls);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=lenetserve test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
