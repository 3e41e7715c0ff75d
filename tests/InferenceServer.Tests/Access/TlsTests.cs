using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using LeNetServe.InferenceServer.Access;
using LeNetServe.Tests;
using LeNetServe.V1;
using Microsoft.Extensions.Logging;

namespace LeNetServe.InferenceServer.Tests.Access;

public sealed class TlsTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly TestAuthority authority = new("Test authority");

    [Fact]
    public async Task Call_OverTls_IsAnswered()
    {
        await using var server = await TestServer.StartAsync(Server(authority.Issue("localhost")));

        using var channel = GrpcChannel.ForAddress(
            Https(server.GrpcAddress), new() { HttpHandler = Handler(null), DisposeHttpClient = true });
        Assert.Single((await new Classifier.ClassifierClient(channel).ListModelsAsync(new(), cancellationToken: Cancel)).Models);
        using var http = new HttpClient(Handler(null));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"{Https(server.HttpAddress)}/readyz", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Connections_ThatEnd_LogNothing()
    {
        var log = new LogLines();
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Logging.AddProvider(log), Server(authority.Issue("localhost")));

        for (var connection = 0; connection < 5; connection++)
        {
            using var channel = GrpcChannel.ForAddress(
                Https(server.GrpcAddress), new() { HttpHandler = Handler(null), DisposeHttpClient = true });
            await new Classifier.ClassifierClient(channel).ListModelsAsync(new(), cancellationToken: Cancel);
        }
        await server.App.StopAsync(Cancel);

        Assert.DoesNotContain(log.Lines, line => line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connection_BytesAfterItsEnd_LogsNothing()
    {
        var log = new LogLines();
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Logging.AddProvider(log), Server(authority.Issue("localhost")));
        var address = new Uri(server.GrpcAddress);

        for (var connection = 0; connection < 5; connection++)
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(address.Host, address.Port, Cancel);
            await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: true);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            }, Cancel);
            await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray(), Cancel);
            Assert.NotEqual(0, await tls.ReadAsync(new byte[1000], Cancel));
            await tls.ShutdownAsync();
            await client.GetStream().WriteAsync("not TLS"u8.ToArray(), Cancel);
            try
            {
                while (await client.GetStream().ReadAsync(new byte[1000], Cancel) > 0)
                {
                }
            }
            catch (IOException)
            {
                // A reset is an end as well.
            }
        }
        await server.App.StopAsync(Cancel);

        Assert.DoesNotContain(log.Lines, line => line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Certificate_Expired_IsAWarning()
    {
        var log = new RecordedLog();
        var until = DateTimeOffset.UtcNow.AddHours(-1);
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Logging.AddProvider(log), Server(authority.Issue("localhost", until: until)));

        var (_, message) = Assert.Single(log.Entries, entry => entry.Level >= LogLevel.Warning);
        Assert.StartsWith($"Clients reject the certificate in {directory["certificate.pem"]}, which is valid from ", message);
        Assert.Contains($" until {until.UtcDateTime:u}".Replace("until", "to"), message);
    }

    [Fact]
    public async Task Certificate_Renewed_IsUsedForNewConnections()
    {
        using var first = authority.Issue("localhost");
        using var second = authority.Issue("localhost");
        await using var server = await TestServer.StartAsync([.. Server(first), "--Security:ReloadInterval=20ms"]);
        Assert.Equal(first.SerialNumber, (await CertificateOfAsync(server)).SerialNumber);

        File.WriteAllText(directory["key.pem"], second.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(directory["certificate.pem"], second.ExportCertificatePem());

        await Eventually.TrueAsync(async () => (await CertificateOfAsync(server)).SerialNumber == second.SerialNumber);
    }

    [Fact]
    public async Task Client_WithoutOrWithAStrangersCertificate_IsTurnedAway()
    {
        File.WriteAllText(directory["clients.pem"], authority.Certificate.ExportCertificatePem());
        await using var server = await TestServer.StartAsync(
            [.. Server(authority.Issue("localhost")), $"--Security:Tls:ClientAuthoritiesFile={directory["clients.pem"]}"]);
        using var stranger = new TestAuthority("Stranger");

        async Task<HttpStatusCode> GetAsync(X509Certificate2? certificate)
        {
            using var http = new HttpClient(Handler(certificate));
            return (await http.GetAsync($"{Https(server.HttpAddress)}/readyz", Cancel)).StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await GetAsync(authority.Issue("client", forClients: true)));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(null));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(stranger.Issue("client", forClients: true)));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(authority.Issue("server only")));
    }

    [Fact]
    public async Task Connection_OfOldTls_IsRefused()
    {
        await using var server = await TestServer.StartAsync(Server(authority.Issue("localhost")));
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(server.HttpAddress).Port, Cancel);
        await using var stream = new SslStream(client.GetStream());

#pragma warning disable SYSLIB0039, CA5397 // The old version is the point.
        var old = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = SslProtocols.Tls11,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null
        };
#pragma warning restore SYSLIB0039, CA5397
        await Assert.ThrowsAnyAsync<Exception>(() => stream.AuthenticateAsClientAsync(old, Cancel));
    }

    [Fact]
    public void Read_KeyOfAnother_SaysSo()
    {
        File.WriteAllText(directory["certificate.pem"], authority.Issue("a").ExportCertificatePem());
        File.WriteAllText(directory["key.pem"], authority.Issue("b").GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

        var faults = SecurityFaults.Find(
            new() { Tls = new() { CertificateFile = directory["certificate.pem"], KeyFile = directory["key.pem"] } });

        Assert.Contains("key.pem", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_SeveralFaults_AreAllNamed()
    {
        var faults = SecurityFaults.Find(new()
        {
            Tls = new() { CertificateFile = directory["missing.pem"] },
            ControlTokensFile = directory["missing"],
            OpenControl = true,
            Metrics = EndpointAccess.Token,
            ReloadInterval = TimeSpan.Zero,
        });

        Assert.Equal(5, faults.Count);
    }

    public void Dispose()
    {
        directory.Dispose();
        authority.Dispose();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Https(string address) => $"https://localhost:{new Uri(address).Port}";

    private string[] Server(X509Certificate2 certificate)
    {
        File.WriteAllText(directory["certificate.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(directory["key.pem"], certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return [$"--Security:Tls:CertificateFile={directory["certificate.pem"]}", $"--Security:Tls:KeyFile={directory["key.pem"]}"];
    }

    private SocketsHttpHandler Handler(X509Certificate2? client) => new()
    {
        SslOptions = new()
        {
            ClientCertificates = client is null ? null : [client],
            CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority.Certificate },
                RevocationMode = X509RevocationMode.NoCheck
            },
        },
    };

    private static async Task<X509Certificate2> CertificateOfAsync(TestServer server)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(server.HttpAddress).Port, Cancel);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null
        }, Cancel);
        return X509CertificateLoader.LoadCertificate(stream.RemoteCertificate!.GetRawCertData());
    }
}
