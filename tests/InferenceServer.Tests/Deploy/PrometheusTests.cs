using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Deploy;

/// <summary>A real Prometheus scrapes a server: its text is accepted, and dashboard and alerts find what they ask for.</summary>
public sealed class PrometheusTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Find(), "deploy");

    [Fact]
    public async Task Rules_Promtool_AcceptsThem()
    {
        var promtool = Installed("promtool");
        var start = new ProcessStartInfo(promtool, ["check", "rules", Path.Combine(Folder, "prometheus", "rules.yaml")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, output);
    }

    [Fact]
    public async Task Dashboard_EveryQuery_ReturnsDataAndNoAlertFires()
    {
        var prometheus = Installed("prometheus");
        await using var server = await TestServer.StartAsync();
        using var directory = new TemporaryDirectory();
        var port = FreePort();
        await File.WriteAllTextAsync(directory["prometheus.yml"], $$"""
            global: {scrape_interval: 250ms, evaluation_interval: 250ms}
            rule_files: ["{{Path.Combine(Folder, "prometheus", "rules.yaml")}}"]
            scrape_configs:
              - job_name: lenetserve
                static_configs: [{targets: ["{{new Uri(server.HttpAddress).Authority}}"]}]
            """, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(prometheus,
        [
            $"--config.file={directory["prometheus.yml"]}", $"--storage.tsdb.path={directory["data"]}",
            $"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
        ]);
        using var process = Process.Start(start)!;
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        try
        {
            var queries = Queries();
            Assert.NotEmpty(queries);
            foreach (var query in queries)
                await Eventually.TrueAsync(async () => await ClassifyAsync(server) && await SeriesAsync(http, query) > 0, query);

            using var rules = JsonDocument.Parse(await http.GetStringAsync("/api/v1/rules", TestContext.Current.CancellationToken));
            var alerts = rules.RootElement.GetProperty("data").GetProperty("groups")[0].GetProperty("rules").EnumerateArray().ToArray();
            Assert.Equal(6, alerts.Length);
            Assert.All(alerts, alert => Assert.Equal("ok", alert.GetProperty("health").GetString()));
            Assert.All(alerts, alert => Assert.Equal("inactive", alert.GetProperty("state").GetString()));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>The queries of all panels, with Grafana's variables filled in.</summary>
    private static string[] Queries()
    {
        var dashboard = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "grafana", "dashboard.json")))!;
        return
        [
            .. from panel in dashboard["panels"]!.AsArray()
               from target in panel!["targets"]!.AsArray()
               select target!["expr"]!.GetValue<string>().Replace("$__rate_interval", "1m").Replace("$model", ".*"),
        ];
    }

    private static async Task<bool> ClassifyAsync(TestServer server)
    {
        using var content = new ByteArrayContent(new byte[16]);
        using var response = await server.Http.PostAsync("/v2/models/tiny/infer", content, TestContext.Current.CancellationToken);
        var answer = await server.Client.ClassifyAsync(
            new() { Model = "tiny", Image = new() { Pixels = Google.Protobuf.ByteString.CopyFrom(new byte[16]) } });
        return answer.Predictions.Count > 0;
    }

    /// <summary>Counts the series whose value is a number; 0 while Prometheus does not listen yet.</summary>
    private static async Task<int> SeriesAsync(HttpClient http, string query)
    {
        try
        {
            var path = $"/api/v1/query?query={Uri.EscapeDataString(query)}";
            using var answer = JsonDocument.Parse(await http.GetStringAsync(path, TestContext.Current.CancellationToken));
            return answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .Count(series => series.GetProperty("value")[1].GetString() != "NaN");
        }
        catch (HttpRequestException exception) when (exception.StatusCode is null or HttpStatusCode.ServiceUnavailable)
        {
            return 0;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Installed(string program)
    {
        var path = Path.Combine("/usr/bin", program);
        Assert.SkipUnless(File.Exists(path), $"{program} is not installed; the Debian package prometheus has it");
        return path;
    }
}
