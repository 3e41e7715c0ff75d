using LeNetServe.Exporter.Emit;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Tests.Emit;

public sealed class LayerEmittersTests
{
    [Fact]
    public void RequireAll_EveryRecord_HasAnEmitter() => LayerEmitters.RequireAll();

    [Fact]
    public void RequireAll_RecordWithoutEmitter_NamesIt()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => LayerEmitters.RequireAll([typeof(ConvolutionSpec), typeof(VariantFile)]));

        Assert.Contains(nameof(VariantFile), exception.Message, StringComparison.Ordinal);
    }
}
