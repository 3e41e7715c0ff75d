using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Tests;
using Microsoft.Extensions.Configuration;
using YamlDotNet.RepresentationModel;

namespace LeNetServe.InferenceServer.Tests.Deploy;

public sealed partial class DeploymentTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Find(), "deploy");

    [Theory]
    [InlineData("systemd/lenetserve.service")]
    [InlineData("kubernetes/lenetserve.yaml")]
    [InlineData("container/Container.props")]
    public void Environment_OfEachDeployment_HoldsSettingsThatExist(string file)
    {
        var reader = new SettingsReader(new ConfigurationBuilder().Build());
        ServerOptions.Read(reader);
        var keys = reader.Settings.Select(setting => setting.Key).ToHashSet(StringComparer.Ordinal);

        var used = Setting().Matches(File.ReadAllText(Path.Combine(Folder, file))).Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal)).Distinct().ToArray();

        Assert.NotEmpty(used);
        Assert.Subset(keys, used.ToHashSet());
    }

    [Fact]
    public async Task Probes_OfThePod_AreAnsweredByTheServer()
    {
        await using var server = await TestServer.StartAsync();
        var pod = Documents("lenetserve.yaml").Single(document => Text(document, "kind") == "Deployment")["spec"]["template"]["spec"];
        var container = pod["containers"][0];

        foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
        {
            Assert.Equal("http", Text(container[probe]["httpGet"], "port"));
            using var response = await server.Http.GetAsync(Text(container[probe]["httpGet"], "path"), TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, probe);
        }
        Assert.Equal("true", Text(container["securityContext"], "readOnlyRootFilesystem"));
        Assert.Equal("true", Text(pod["securityContext"], "runAsNonRoot"));
    }

    [Fact]
    public void GracePeriod_OfThePod_IsLongerThanTheServersEnd()
    {
        var pod = Documents("lenetserve.yaml").Single(document => Text(document, "kind") == "Deployment")["spec"]["template"]["spec"];
        var environment = ((YamlSequenceNode)pod["containers"][0]["env"]).ToDictionary(entry => Text(entry, "name"), entry => Text(entry, "value"));
        int Seconds(string name) => int.Parse(environment[name].TrimEnd('s'));

        Assert.True(int.Parse(Text(pod, "terminationGracePeriodSeconds")) > Seconds("Shutdown__DrainDelay") + Seconds("Shutdown__Timeout"));
    }

    [Fact]
    public void Autoscaler_Metrics_AreWrittenByTheServer()
    {
        var documents = Documents("autoscaler.yaml");
        var autoscaler = documents.Single(document => Text(document, "kind") == "HorizontalPodAutoscaler");
        var rules = Text(documents.Single(document => Text(document, "kind") == "ConfigMap")["data"], "rules");
        using var metrics = new ServerMetrics();
        metrics.For("m", 1).Record(RequestOutcome.Ok, 1, default);
        var text = PrometheusText.Write(metrics, []);

        Assert.Contains($"as: {Text(autoscaler["spec"]["metrics"][0]["pods"]["metric"], "name")}\n", rules, StringComparison.Ordinal);
        var names = Series().Matches(rules).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.Equal(["nv_inference_queue_duration_us", "nv_inference_request_success"], names);
        Assert.All(names, name => Assert.Contains($"\n{name}{{", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Container_Settings_AreThoseOfAnOrdinaryUser()
    {
        var output = await RunAsync("dotnet", "msbuild", Path.Combine(RepositoryRoot.Find(), "src", "InferenceServer", "InferenceServer.csproj"),
            "-nodeReuse:false", "-getProperty:ContainerUser", "-getProperty:ContainerRepository", "-getProperty:EnableSdkContainerSupport", "-getItem:ContainerPort", "-getItem:ContainerEnvironmentVariable");
        using var json = JsonDocument.Parse(output);

        Assert.Equal("app", json.RootElement.GetProperty("Properties").GetProperty("ContainerUser").GetString());
        Assert.Equal("true", json.RootElement.GetProperty("Properties").GetProperty("EnableSdkContainerSupport").GetString());
        Assert.Equal(["8000", "8001"], Identities(json, "ContainerPort"));
        Assert.Contains("Models__Path", Identities(json, "ContainerEnvironmentVariable"));
    }

    [Fact]
    public async Task Unit_OfSystemd_IsHardened()
    {
        const string Analyze = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(Analyze), "systemd-analyze is not installed");

        // The exposure goes from 0 to 10 and is given in tenths; most services have 9.6. The command fails above the threshold.
        var output = await RunAsync(Analyze, "security", "--offline=true", "--threshold=20", "--no-pager", Path.Combine(Folder, "systemd", "lenetserve.service"));

        Assert.Contains("Overall exposure level", output, StringComparison.Ordinal);
    }

    private static IReadOnlyList<YamlNode> Documents(string file)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(Path.Combine(Folder, "kubernetes", file));
        stream.Load(reader);
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    private static string Text(YamlNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    private static string[] Identities(JsonDocument json, string item) =>
        [.. json.RootElement.GetProperty("Items").GetProperty(item).EnumerateArray().Select(element => element.GetProperty("Identity").GetString()!)];

    private static async Task<string> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+__[A-Za-z]+\b")]
    private static partial Regex Setting();

    [GeneratedRegex(@"\b(nv_[a-z_]+)\{")]
    private static partial Regex Series();
}
