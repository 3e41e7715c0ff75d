using System.Reflection;
using System.Text.Json.Serialization;
using LeNetServe.Specs;
using LeNetServe.Trainer.Layers;

namespace LeNetServe.Trainer.Tests.Layers;

public sealed class TrainedLayerTests
{
    [Fact]
    public void Of_EveryRecord_HasAClass()
    {
        var records = typeof(LayerSpec).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(attribute => attribute.DerivedType);

        Assert.Empty(records.Except(new LayerClasses<TrainedLayer>().Records));
    }

    [Fact]
    public void Of_RecordWithAnUnknownProperty_IsRefused()
    {
        var row = new LayerShape(new Grouped { Name = "C1", Maps = 6, Kernel = 5 }, new(1, 32, 32), new(6, 28, 28));

        var exception = Assert.Throws<SpecException>(() => TrainedLayer.Of(row));

        Assert.Contains("layer C1: Grouped", exception.Message, StringComparison.Ordinal);
    }

    private sealed record Grouped : ConvolutionSpec;
}
