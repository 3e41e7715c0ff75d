using k8s;
using k8s.Models;
using LeNetServe.Tests;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LeNetServe.InferenceServer.Tests.Deploy;

/// <summary>
/// The manifests against the classes that Kubernetes' own client has from its published OpenAPI schema: unknown fields and wrong types
/// fail. The schemas of KServe and of the Prometheus operator are in no package.
/// </summary>
public sealed class ManifestSchemaTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Find(), "deploy");

    [Theory]
    [InlineData("kubernetes/lenetserve.yaml", "V1Deployment V1PodDisruptionBudget V1Service V1ServiceAccount")]
    [InlineData("kubernetes/autoscaler.yaml", "V1ConfigMap V2HorizontalPodAutoscaler")]
    [InlineData("kubernetes/score-job.yaml", "V1Job")]
    [InlineData("kubernetes/sweep-job.yaml", "V1Job")]
    public void Manifest_EveryField_IsOfThePublishedSchema(string file, string kinds)
    {
        var objects = KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Folder, file)), typeMap: null, strict: true);

        Assert.Equal(kinds.Split(' '), objects.Select(each => each.GetType().Name).Order(StringComparer.Ordinal));
    }

    /// <summary>KServe takes the fields of a pod's container.</summary>
    [Fact]
    public void Container_OfTheServingRuntime_IsOfThePublishedSchema()
    {
        var stream = new YamlStream();
        using (var reader = File.OpenText(Path.Combine(Folder, "kserve", "serving-runtime.yaml")))
            stream.Load(reader);
        using var text = new StringWriter();
        new YamlStream(new YamlDocument(stream.Documents[0].RootNode["spec"]["containers"][0])).Save(text, assignAnchors: false);

        var container = KubernetesYaml.Deserialize<V1Container>(text.ToString().Replace("...", ""), strict: true);

        Assert.Equal([8080, 9000], container.Ports.Select(port => port.ContainerPort));
    }

    [Fact]
    public void Manifest_MisspelledField_IsFound()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "kubernetes", "lenetserve.yaml"));
        Assert.Contains("readinessProbe:", text, StringComparison.Ordinal);

        Assert.ThrowsAny<YamlException>(() =>
            KubernetesYaml.LoadAllFromString(text.Replace("readinessProbe:", "readynessProbe:"), typeMap: null, strict: true));
    }
}
