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
    [InlineData("kserve/serving-runtime.yaml")]
    [InlineData("container/Container.props")]
    public void Environment_OfEachDeployment_HoldsSettingsThatExist(string file)
    {
        var reader = new SettingsReader(new ConfigurationBuilder().Build());
        ServerOptions.Read(reader);
        var keys = reader.Settings.Select(setting => setting.Key).ToHashSet(StringComparer.Ordinal);

        var variables = Setting().Matches(File.ReadAllText(Path.Combine(Folder, file)));
        var used = variables.Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal)).ToHashSet();

        Assert.NotEmpty(used);
        Assert.Subset(keys, used);
    }

    [Fact]
    public async Task Probes_OfThePod_AreAnsweredByTheServer()
    {
        await using var server = await TestServer.StartAsync();
        var pod = Documents("lenetserve.yaml").Single(document => Text(document, "kind") == "Deployment")["spec"]["template"]["spec"];
        var container = pod["containers"][0];

        foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
        {
            var get = container[probe]["httpGet"];
            Assert.Equal("http", Text(get, "port"));
            using var response = await server.Http.GetAsync(Text(get, "path"), TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, probe);
        }
        Assert.Equal("true", Text(container["securityContext"], "readOnlyRootFilesystem"));
        Assert.Equal("true", Text(pod["securityContext"], "runAsNonRoot"));
    }

    [Fact]
    public void GracePeriod_OfThePod_IsLongerThanTheServersEnd()
    {
        var pod = Documents("lenetserve.yaml").Single(document => Text(document, "kind") == "Deployment")["spec"]["template"]["spec"];
        var environment = ((YamlSequenceNode)pod["containers"][0]["env"])
            .ToDictionary(entry => Text(entry, "name"), entry => Text(entry, "value"));
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

    [Theory]
    [InlineData("InferenceServer", "lenetserve/inference-server", "8000", "8001")]
    [InlineData("BatchScorer", "lenetserve/score")]
    [InlineData("Trainer", "lenetserve/trainer")]
    [InlineData("Exporter", "lenetserve/exporter")]
    public async Task Container_Settings_AreThoseOfAnOrdinaryUser(string project, string repository, params string[] ports)
    {
        var output = await RunAsync(
            "dotnet", "msbuild", Path.Combine(RepositoryRoot.Find(), "src", project, $"{project}.csproj"), "-nodeReuse:false",
            "-getProperty:ContainerUser", "-getProperty:ContainerRepository", "-getProperty:ContainerFamily",
            "-getProperty:EnableSdkContainerSupport", "-getItem:ContainerPort", "-getItem:ContainerEnvironmentVariable");
        using var json = JsonDocument.Parse(output);
        var properties = json.RootElement.GetProperty("Properties");

        Assert.Equal("app", properties.GetProperty("ContainerUser").GetString());
        Assert.Equal("noble-chiseled", properties.GetProperty("ContainerFamily").GetString());
        Assert.Equal("true", properties.GetProperty("EnableSdkContainerSupport").GetString());
        Assert.Equal(repository, properties.GetProperty("ContainerRepository").GetString());
        Assert.Equal(ports, Identities(json, "ContainerPort"));
        Assert.Equal(ports.Length > 0, Identities(json, "ContainerEnvironmentVariable").Contains("Models__Path"));
    }

    [Fact]
    public void ServingRuntime_OfKServe_HasItsPortsAndItsFolder()
    {
        var runtime = Documents("../kserve/serving-runtime.yaml").Single()["spec"];
        var container = runtime["containers"][0];
        var environment = ((YamlSequenceNode)container["env"]).ToDictionary(entry => Text(entry, "name"), entry => Text(entry, "value"));
        var ports = ((YamlSequenceNode)container["ports"]).Select(port => Text(port, "containerPort"));

        Assert.Equal("kserve-container", Text(container, "name"));
        Assert.Equal("/mnt/models", environment["Models__Path"]);
        Assert.Equal([environment["Listen__HttpPort"], environment["Listen__GrpcPort"]], ports);
        Assert.Equal(["v2", "grpc-v2"], ((YamlSequenceNode)runtime["protocolVersions"]).Select(version => version.ToString()));
    }

    [Fact]
    public void Kustomization_Resources_Exist()
    {
        var resources = (YamlSequenceNode)Documents("kustomization.yaml").Single()["resources"];

        Assert.All(resources, resource => Assert.True(File.Exists(Path.Combine(Folder, "kubernetes", resource.ToString()))));
    }

    [Fact]
    public void PodMonitor_Port_IsTheDeployments()
    {
        var monitor = Documents("../prometheus/podmonitor.yaml").Single()["spec"];
        var pod = Documents("lenetserve.yaml").Single(document => Text(document, "kind") == "Deployment")["spec"]["template"];
        var ports = ((YamlSequenceNode)pod["spec"]["containers"][0]["ports"]).Select(port => Text(port, "name"));

        Assert.Contains(Text(monitor["podMetricsEndpoints"][0], "port"), ports);
        Assert.Equal(
            Text(monitor["selector"]["matchLabels"], "app.kubernetes.io/name"), Text(pod["metadata"]["labels"], "app.kubernetes.io/name"));
    }

    [Fact]
    public async Task Unit_OfSystemd_IsHardened()
    {
        const string Analyze = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(Analyze), "systemd-analyze is not installed");

        // The exposure goes from 0 to 10 and is given in tenths; most services have 9.6. The command fails above the threshold.
        var unit = Path.Combine(Folder, "systemd", "lenetserve.service");
        var output = await RunAsync(Analyze, "security", "--offline=true", "--threshold=20", "--no-pager", unit);

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
    [
        .. from element in json.RootElement.GetProperty("Items").GetProperty(item).EnumerateArray()
           select element.GetProperty("Identity").GetString()!,
    ];

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
