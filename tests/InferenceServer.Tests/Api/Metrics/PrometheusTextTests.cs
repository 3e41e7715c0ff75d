using System.Diagnostics;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LeNetServe.InferenceServer.Tests.Api.Metrics;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Write_BuildInfo_HasTheVersionsOfServerAndRuntime()
    {
        using var metrics = new ServerMetrics();

        var lines = PrometheusText.Write(metrics, []).Split('\n');

        var info = Assert.Single(lines, line => line.StartsWith("lenetserve_build_info{", StringComparison.Ordinal));
        Assert.StartsWith($"lenetserve_build_info{{version=\"{ProductVersion.Text}\",", info);
        Assert.Contains($"\"{Environment.Version}\"", info);
        Assert.EndsWith("} 1", info);
        Assert.Contains("# TYPE lenetserve_build_info gauge", lines);
    }

    [Fact]
    public void Write_Requests_AreHistogramsByOutcome()
    {
        using var metrics = new ServerMetrics();
        var model = metrics.For("m\"x", 2);
        model.Record(RequestOutcome.Ok, 4, Phases(microseconds: 7));
        model.Record(RequestOutcome.Ok, 1, Phases(microseconds: 40));
        model.Record(RequestOutcome.Refused, 0, Phases(microseconds: 1));

        var lines = PrometheusText.Write(metrics, []).Split('\n');

        Assert.Contains("""lenetserve_request_duration_us_bucket{model="m\"x",version="2",outcome="ok",le="5"} 0""", lines);
        Assert.Contains("""lenetserve_request_duration_us_bucket{model="m\"x",version="2",outcome="ok",le="10"} 1""", lines);
        Assert.Contains("""lenetserve_request_duration_us_bucket{model="m\"x",version="2",outcome="ok",le="+Inf"} 2""", lines);
        Assert.Contains("""lenetserve_request_duration_us_sum{model="m\"x",version="2",outcome="ok"} 47""", lines);
        Assert.Contains("""lenetserve_request_duration_us_count{model="m\"x",version="2",outcome="refused"} 1""", lines);
        Assert.Contains("""nv_inference_request_success{model="m\"x",version="2"} 2""", lines);
        Assert.Contains("""nv_inference_request_failure{model="m\"x",version="2",reason="REJECTED"} 1""", lines);
        Assert.Contains("""nv_inference_count{model="m\"x",version="2"} 5""", lines);
    }

    [Fact]
    public void Write_Runs_AreCountedByTritonsNames()
    {
        using var metrics = new ServerMetrics();
        var model = metrics.For("m", 1);
        model.RecordRun(1, Ticks(20));
        model.RecordRun(8, Ticks(80));
        model.Record(RequestOutcome.Ok, 9, new(Ticks(3), Ticks(5), Ticks(100), Ticks(120)));

        var lines = PrometheusText.Write(metrics, []).Split('\n');

        Assert.Contains("""nv_inference_exec_count{model="m",version="1"} 2""", lines);
        Assert.Contains("""nv_inference_queue_duration_us{model="m",version="1"} 5""", lines);
        Assert.Contains("""nv_inference_compute_input_duration_us{model="m",version="1"} 3""", lines);
        Assert.Contains("""nv_inference_compute_infer_duration_us{model="m",version="1"} 100""", lines);
        Assert.Contains("""nv_inference_compute_output_duration_us{model="m",version="1"} 12""", lines);
        Assert.Contains("""nv_inference_request_duration_us{model="m",version="1"} 120""", lines);
        Assert.Equal([1, 8], model.Batches.Select(batch => batch.Size));
    }

    [Fact]
    public void Write_EveryLine_IsOfTheFormat()
    {
        using var metrics = new ServerMetrics();
        metrics.AddGauge("lenetserve_queue_length", "Requests that wait", () => 2.5);
        metrics.For("m", 1).Record(RequestOutcome.Deadline, 0, default);
        metrics.Unresolved.Record(RequestOutcome.NotFound, 0, default);

        foreach (var line in PrometheusText.Write(metrics, []).TrimEnd('\n').Split('\n'))
            Assert.Matches("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? -?[0-9.eE+-]+)$""", line);
    }

    [Theory]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("text/plain,application/openmetrics-text;q=0.5", false)]
    [InlineData("*/*", false)]
    public async Task Metrics_OnRequest_AreOpenMetrics(string accept, bool isOpenMetrics)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(isOpenMetrics ? OpenMetricsText.ContentType : PrometheusText.ContentType, $"{answer.Content.Headers.ContentType}");
        Assert.Equal(isOpenMetrics, text.EndsWith("\n# EOF\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_Counters_HaveTheNameOfTheirFamilyOrNoType()
    {
        const string Prometheus = """
            # HELP a_total Things
            # TYPE a_total counter
            a_total 1
            # HELP b Things
            # TYPE b counter
            b{model="m"} 2
            # HELP c Things
            # TYPE c gauge
            c 3

            """;

        Assert.Equal("""
            # HELP a Things
            # TYPE a counter
            a_total 1
            # HELP b Things
            # TYPE b unknown
            b{model="m"} 2
            # HELP c Things
            # TYPE c gauge
            c 3
            # EOF

            """, OpenMetricsText.Of(Prometheus));
    }

    [Fact]
    public void Record_ManyThreads_LosesNothing()
    {
        using var metrics = new ServerMetrics();
        var model = metrics.For("m", 1);

        Parallel.For(0, 10_000, _ =>
        {
            model.Enter();
            model.Record(RequestOutcome.Ok, 2, Phases(11));
            model.Leave();
        });

        Assert.Equal((20_000, 0), (model.Inferences, model.Pending));
        Assert.Equal(10_000, model[RequestOutcome.Ok]!.Request.Read().Count);
    }

    [Fact]
    public void Record_AfterTheFirst_AllocatesNothing()
    {
        using var metrics = new ServerMetrics();
        var model = metrics.For("m", 1);
        var phases = Phases(20);
        void Once()
        {
            model.Enter();
            model.RecordRun(1, phases.Inference);
            model.Record(RequestOutcome.Ok, 1, phases);
            model.Leave();
        }

        Assert.Equal(0, Allocation.OfThousand(Once));
    }

    [Fact]
    public void For_SameVersion_GoesOnCounting()
    {
        using var metrics = new ServerMetrics();

        Assert.Same(metrics.For("m", 1), metrics.For("m", 1));
        Assert.Single(metrics.Models);
    }

    [Fact]
    public async Task Scrape_ServedVersions_AreNamedWithTheirDevice()
    {
        const string Line = """lenetserve_model_info{model="tiny",version="1",device="cpu"} 1""";
        await using var server = await TestServer.StartAsync("--Models:Mode=explicit", "--Models:Load=tiny");
        async Task<string[]> LinesAsync() =>
            (await server.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Split('\n');

        Assert.Contains(Line, await LinesAsync());
        await server.Repository.UnloadAsync("tiny", TestContext.Current.CancellationToken);
        Assert.DoesNotContain(Line, await LinesAsync());
    }

    private static RequestPhases Phases(long microseconds) => new(0, 0, 0, Ticks(microseconds));

    private static long Ticks(long microseconds) => microseconds * Stopwatch.Frequency / 1_000_000;

    [Fact]
    public async Task Record_SwitchedWhileTheServerRuns_IsRecordedAgainAndNothingStaysPending()
    {
        await using var server = await TestServer.StartAsync();
        var metrics = server.App.Services.GetRequiredService<ServerMetrics>();
        var configuration = (IConfigurationRoot)server.App.Services.GetRequiredService<IConfiguration>();
        async Task<long> CountedAsync(string setting)
        {
            configuration["Telemetry:Metrics"] = setting;
            configuration.Reload();
            await server.Client.ClassifyAsync(
                new() { Image = ClassifierServiceTests.Stripe(1) }, cancellationToken: TestContext.Current.CancellationToken);
            return metrics.For("tiny", 1).Inferences;
        }

        var counted = new List<long>();
        foreach (var setting in (string[])["true", "false", "true", "no value"])
            counted.Add(await CountedAsync(setting));

        Assert.Equal([1L, 1, 2, 3], counted);
        Assert.Equal(0, metrics.For("tiny", 1).Pending);
    }
}
