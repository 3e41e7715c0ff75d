using System.Globalization;
using System.Text.RegularExpressions;
using Inference;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

/// <summary>Triton's <c>perf_analyzer</c>, unmodified. Skipped on machines without it.</summary>
public sealed class PerfAnalyzerTests
{
    private const string Variable = "LENETSERVE_PERF_ANALYZER";

    private const int Requests = 200;
    private const int Slack = 10;

    [Theory]
    [InlineData("grpc", 1)]
    [InlineData("grpc --async --concurrency-range 4", 1)]
    [InlineData("grpc --streaming --async --concurrency-range 4", 1)]
    [InlineData("grpc -b 4", 4)]
    [InlineData("grpc --request-rate-range 200", 1)]
    [InlineData("grpc --grpc-compression-algorithm gzip", 1)]
    [InlineData("http", 1)]
    [InlineData("http --async --concurrency-range 4", 1)]
    [InlineData("http -b 4", 4)]
    [InlineData("http --input-tensor-format json --output-tensor-format json", 1)]
    public async Task PerfAnalyzer_OneOfItsWays_CountsWhatTheServerCounts(string way, int batch)
    {
        await using var server = await StartAsync();

        var output = await MeasureAsync(server, [.. way.Split(' '), "--request-count", $"{Requests}"]);

        Assert.Equal(Requests, Figure(output, "Request count"));
        await AssertCountedAsync(server, output);
        // Its two looks at the server's counters are not at the same time: inferences of a request or two more or less are between them.
        var successes = Figure(output, "Successful request count");
        Assert.InRange(successes, Requests - Slack, Requests + Slack);
        Assert.InRange(Figure(output, "Inference count") / batch, successes - Slack, successes + Slack);
    }

    [Fact]
    public async Task PerfAnalyzer_SeveralLoads_MeasuresEach()
    {
        await using var server = await StartAsync();

        var output = await MeasureAsync(server, ["grpc", "--concurrency-range", "1:3:2", .. Windows]);

        Assert.Contains("Concurrency: 1, throughput: ", output, StringComparison.Ordinal);
        Assert.Contains("Concurrency: 3, throughput: ", output, StringComparison.Ordinal);
        await AssertCountedAsync(server, output);
    }

    [Fact]
    public async Task PerfAnalyzer_CsvAndMetrics_AreFilled()
    {
        await using var server = await StartAsync();
        using var directory = new TemporaryDirectory();

        var output = await MeasureAsync(
            server, ["grpc", "-f", directory["figures.csv"], "--verbose-csv", "--collect-metrics", "--metrics-url",
                $"{server.HttpAddress}/metrics", "--metrics-interval", "50", .. Windows]);

        await AssertCountedAsync(server, output);
        var rows = (await File.ReadAllLinesAsync(directory["figures.csv"], Cancel)).Where(line => line.Length > 0).Select(
            line => line.Split(',')).ToArray();
        Assert.Equal(2, rows.Length);
        var figures = rows[0].Zip(rows[1]).ToDictionary();
        foreach (var name in new[] { "Inferences/Second", "Server Compute Infer", "p50 latency", "p99 latency", "Avg latency",
            "response wait" })
            Assert.True(double.Parse(figures[name], CultureInfo.InvariantCulture) > 0, $"{name}: {figures[name]}");
        // The only metrics that it looks for are those of GPUs.
        Assert.Equal("", figures["Avg GPU Utilization"]);
    }

    [Theory]
    [InlineData("grpc", "--shared-memory system", "the server does not support shared memory")]
    [InlineData("http", "--shared-memory system", "the server does not support shared memory")]
    [InlineData("grpc", "--trace-level TIMESTAMPS", "the server does not support trace settings")]
    [InlineData("http", "--trace-level TIMESTAMPS", "the server does not support trace settings")]
    [InlineData("grpc", "-x 7", "'tiny' version 7 is not found")]
    public async Task PerfAnalyzer_WhatIsNotOffered_SaysSoAndEnds(string protocol, string way, string message)
    {
        await using var server = await StartAsync();
        // It leaves the region behind that it made, named after the model's output.
        const string Region = "/dev/shm/output";
        var isItsOwn = !File.Exists(Region);
        try
        {
            var (exit, output) = await RunAsync(server, [protocol, .. way.Split(' '), "--request-count", $"{Requests}"]);

            Assert.Equal(99, exit);
            Assert.Contains(message, output, StringComparison.Ordinal);
        }
        finally
        {
            if (isItsOwn)
                File.Delete(Region);
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Any measurement is stable enough on a machine that is busy with other tests.
    private static string[] Windows => ["--measurement-mode", "count_windows", "--measurement-request-count", "50", "-s", "100000"];

    // 4096 random floats: without a NaN among them in one run of ten million.
    private static Task<TestServer> StartAsync()
    {
        Assert.SkipWhen(Program is null, $"no perf_analyzer is on the PATH, and {Variable} names none");
        return TestServer.StartAsync(
            models => new TinyOnnx { Height = 64, Width = 64 }.Write(Path.Combine(models, "tiny", "1"), "a\nb\nc\n"));
    }

    private static string? Program => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "perf_analyzer"))
            .FirstOrDefault(File.Exists);

    private static Task<(int Exit, string Output)> RunAsync(TestServer server, string[] arguments) => ForeignProgram.RunAsync(
        Program!, ["-m", "tiny", "-u", new Uri(arguments[0] == "grpc"
            ? server.GrpcAddress
            : server.HttpAddress).Authority, "-i", .. arguments]);

    private static async Task<string> MeasureAsync(TestServer server, string[] arguments)
    {
        var (exit, output) = await RunAsync(server, arguments);
        Assert.True(exit == 0, output);
        Assert.DoesNotContain("error", output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("failed", output, StringComparison.OrdinalIgnoreCase);
        return output;
    }

    private static async Task AssertCountedAsync(TestServer server, string output)
    {
        var requests = Figure(output, "Request count");
        Assert.True(requests > 0 && Figure(output, "Throughput") > 0, output);
        Assert.True(Figure(output, "Successful request count") > 0 && Figure(output, "Inference count") > 0, output);

        // Between its two looks at the server's counters are a few requests less or more than it sent.
        var statistics = await new GRPCInferenceService.GRPCInferenceServiceClient(server.Channel).ModelStatisticsAsync(
            new() { Name = "tiny" }, cancellationToken: Cancel);
        var counted = statistics.ModelStats[0].InferenceStats;
        Assert.True(counted.Success.Count >= requests, $"the server counted {counted.Success.Count} requests\n{output}");
        Assert.Equal(0UL, counted.Fail.Count);
    }

    private static double Figure(string output, string name) =>
        double.Parse(Regex.Match(output, $@"^ +{name}: ([0-9.e+]+)", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);
}
