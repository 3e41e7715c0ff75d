using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LeNetServe.InferenceServer.Tests.Access;
using LeNetServe.Tests;
using Microsoft.Playwright;

namespace LeNetServe.InferenceServer.Tests.Api.Page;

public sealed class CallTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const string AToken = "a-token-of-more-than-sixteen-characters";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copy_ACall_IsTheTextThatAProgramRuns()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await TestServer.StartAsync(ShippedModels.CopyMnist);
        await using var page = await browser.OpenAsync(server.HttpAddress, new() { Permissions = ["clipboard-read", "clipboard-write"] });
        await page.Tab.GetByText("The same call from a program").ClickAsync();

        foreach (var (language, shell) in new[] { ("curl", "bash"), ("Python", "python3") })
        {
            await page.Tab.SelectOptionAsync("#language", language);
            await page.Tab.ClickAsync("#copy");
            await Assertions.Expect(page.Tab.Locator("#copy")).ToHaveTextAsync("Copied");
            var call = await page.Tab.EvaluateAsync<string>("navigator.clipboard.readText()");
            Assert.Contains("7", await RunAsync(directory, shell, call), StringComparison.Ordinal);
        }
        var grpc = new Uri(server.GrpcAddress).Port;
        await ShowsAsync(page, "C#", $"new LeNetServeClient(\"http://127.0.0.1:{grpc}\")");
        await ShowsAsync(page, "grpcurl", $"grpcurl -plaintext -d @ 127.0.0.1:{grpc} lenetserve");
    }

    [Fact]
    public async Task Copy_WithoutAModel_IsDisabled()
    {
        await using var server = await TestServer.StartAsync(_ => { });
        await using var page = await browser.OpenAsync(server.HttpAddress);
        await page.Tab.GetByText("The same call from a program").ClickAsync();

        await Assertions.Expect(page.Tab.Locator("#copy")).ToBeDisabledAsync();
    }

    [Fact]
    public async Task Copy_ACallOfAModelWithQuotesInItsName_IsATextThatAProgramRuns()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await TestServer.StartAsync(
            models => new TinyOnnx().Write(Path.Combine(models, """a "b" $c é""", "1"), "x\ny\nz\n"));
        await using var page = await browser.OpenAsync(server.HttpAddress);
        await page.Tab.GetByText("The same call from a program").ClickAsync();

        foreach (var (language, shell) in new[] { ("curl", "bash"), ("Python", "python3") })
        {
            await ShowsAsync(page, language, "a%20%22b%22%20%24c");
            var program = (await page.Tab.Locator("#call").TextContentAsync())!;
            Assert.Contains("probability", await RunAsync(directory, shell, program), StringComparison.Ordinal);
        }
        await ShowsAsync(page, "C#", """Model = "a \"b\" $c é",""");
        await ShowsAsync(page, "grpcurl", "4");
        var call = (await page.Tab.Locator("#call").TextContentAsync())!;
        // The part before the pipe is what grpcurl reads.
        var json = await RunAsync(directory, "bash", call[..call.IndexOf('|', StringComparison.Ordinal)]);
        Assert.Equal("""a "b" $c é""", JsonDocument.Parse(json).RootElement.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Copy_ACallOfAServerWithTlsAndTokens_TakesTheTokenFromTheEnvironment()
    {
        using var directory = new TemporaryDirectory();
        using var authority = new TestAuthority("Test authority");
        using var certificate = authority.Issue("localhost");
        await File.WriteAllTextAsync(directory["tokens"], AToken, Cancellation);
        await File.WriteAllTextAsync(directory["authority.pem"], authority.Certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(directory["certificate.pem"], certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(
            directory["key.pem"], certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), Cancellation);
        await using var server = await TestServer.StartAsync(
            ShippedModels.CopyMnist, $"--Security:InferenceTokensFile={directory["tokens"]}",
            $"--Security:Tls:CertificateFile={directory["certificate.pem"]}", $"--Security:Tls:KeyFile={directory["key.pem"]}");
        await using var page = await browser.OpenAsync(
            $"https://127.0.0.1:{new Uri(server.HttpAddress).Port}", new() { IgnoreHTTPSErrors = true });
        page.Allowed = ["status of 401"];
        await page.Tab.FillAsync("#token", AToken);
        await page.Tab.ClickAsync("#ask button");
        await page.Tab.GetByText("The same call from a program").ClickAsync();

        foreach (var (language, shell) in new[] { ("curl", "bash"), ("Python", "python3") })
        {
            await page.Tab.SelectOptionAsync("#language", language);
            await ShowsAsync(page, language, "LENETSERVE_TOKEN");
            var call = await page.Tab.Locator("#call").TextContentAsync();
            Assert.DoesNotContain(AToken, call, StringComparison.Ordinal);
            Assert.Contains("7", await RunAsync(directory, shell, call!), StringComparison.Ordinal);
        }
        var grpc = new Uri(server.GrpcAddress).Port;
        await ShowsAsync(page, "C#", $"Urls = {{ \"https://127.0.0.1:{grpc}\" }}");
        await ShowsAsync(page, "C#", "Token = Environment.GetEnvironmentVariable(\"LENETSERVE_TOKEN\")");
        await ShowsAsync(page, "grpcurl", $"grpcurl -H \"authorization: Bearer $LENETSERVE_TOKEN\" -d @ 127.0.0.1:{grpc} lenetserve");
    }

    private static async Task ShowsAsync(OpenPage page, string language, string text)
    {
        await page.Tab.SelectOptionAsync("#language", language);
        await Assertions.Expect(page.Tab.Locator("#call")).ToContainTextAsync(text);
    }

    /// <summary>Runs a program in a folder with a digit and the test's authority. Returns its output.</summary>
    private static async Task<string> RunAsync(TemporaryDirectory directory, string shell, string program)
    {
        await File.WriteAllBytesAsync(directory["digit.png"], Pictures.Png(Drawings.Seven(28), 28, 28), Cancellation);
        var start = new ProcessStartInfo(shell, ["-c", program])
        {
            WorkingDirectory = directory.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["LENETSERVE_TOKEN"] = AToken,
                ["CURL_CA_BUNDLE"] = directory["authority.pem"],
                ["SSL_CERT_FILE"] = directory["authority.pem"],
            },
        };
        try
        {
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation);
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{shell} is not installed here");
            return "";
        }
    }
}
