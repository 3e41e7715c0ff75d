using System.Net;

namespace LeNetServe.EndToEnd.Tests.Programs;

/// <summary>The sample of an application with models in its own process, run in its folder as its user runs it.</summary>
public sealed class SampleTests
{
    private const string Listening = "Now listening on: ";

    [Fact]
    public void Embedded_Program_IsTheOneOfItsReadme()
    {
        var sample = Path.Combine(RepositoryTree.Root, "samples", "Embedded");

        Assert.Contains(
            $"```csharp\n{File.ReadAllText(Path.Combine(sample, "Program.cs"))}```", File.ReadAllText(Path.Combine(sample, "README.md")));
    }

    [Fact]
    public async Task Embedded_OnFreePorts_ClassifiesAPictureBesideItsOwnPage()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var process = BuiltProgram.Start("dotnet", Path.Combine(RepositoryTree.Root, "samples", "Embedded"),
        [
            BuiltProgram.PathOf("Embedded"),
            "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0", "--Kestrel:Endpoints:Grpc:Url=http://127.0.0.1:0",
        ]);
        try
        {
            // Kestrel opens the endpoints by name: Grpc, Http.
            var addresses = new List<string>();
            while (addresses.Count < 2 && await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
                if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
                    addresses.Add(line[(at + Listening.Length)..]);
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            using var http = new HttpClient { BaseAddress = new(addresses[1]) };
            // The models load while the listeners are open already.
            while ((await http.GetAsync("/v2/health/ready", cancellation)).StatusCode != HttpStatusCode.OK)
                await Task.Delay(50, cancellation);

            using var picture = new ByteArrayContent(await File.ReadAllBytesAsync(
                Path.Combine(RepositoryTree.Root, "docs", "digits", "7", "1.png"), cancellation));
            picture.Headers.ContentType = new("image/png");
            using var answer = await http.PostAsync("/v1/models/lenet5-mnist:classify", picture, cancellation);

            var text = await answer.Content.ReadAsStringAsync(cancellation);
            Assert.Contains("\"label\":\"7\"", text.Replace(" ", ""), StringComparison.Ordinal);
            Assert.Contains("own process", await http.GetStringAsync("/", cancellation), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
