using System.Reflection;
using System.Text.Json.Serialization;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Layers;
using LeNetServe.Exporter.Proof;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Tests.Layers;

public sealed class ExportedLayerTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    [Fact]
    public void Of_EveryRecord_HasAClass()
    {
        var records = typeof(LayerSpec).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(attribute => attribute.DerivedType);

        Assert.Empty(records.Except(new LayerClasses<ExportedLayer>().Records));
    }

    /// <summary>The networks of the tests have every record, and the reference computes them all.</summary>
    [Fact]
    public void ReferenceNetwork_EveryRecord_HasAnArm()
    {
        var computed = new HashSet<Type>();
        foreach (var name in TestSpecs.Names)
        {
            var spec = TestSpecs.Create(name);
            var run = TestRuns.Create(temporary[name], spec, images: 1);
            var reference = new ReferenceNetwork(spec, TrainedWeights.Read(run.Weights, spec), new Normalization([0], [1]));
            Assert.Equal(spec.Layers.Count, reference.Run(new byte[spec.Input.Count]).Count);
            computed.UnionWith(spec.Layers.Select(layer => layer.GetType()));
        }

        var records = typeof(LayerSpec).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(attribute => attribute.DerivedType);
        Assert.Empty(records.Except(computed));
    }

    public void Dispose() => temporary.Dispose();
}
