using System.Text.Json;
using LeNetServe.Specs;

namespace LeNetServe.LeNet.Tests;

public sealed class LeNetJsonTests
{
    [Fact]
    public void Deserialize_AbsentKeys_KeepTheirDefaults()
    {
        var file = JsonSerializer.Deserialize(
            """{"layers":[{"type":"pooling","name":"S2"},{"type":"dense","name":"F6"},{"type":"batch-norm","name":"norm"}]}""",
            LeNetJson.Default.VariantFile)!;

        Assert.Equal(new PoolingSpec { Name = "S2", Size = 2 }, file.Layers[0]);
        Assert.Equal(new DenseSpec { Name = "F6", Bias = true }, file.Layers[1]);
        Assert.Equal(new BatchNormSpec { Name = "norm", Epsilon = 1e-5, Momentum = 0.1 }, file.Layers[2]);
    }

    [Fact]
    public void Deserialize_UnknownKey_IsAnError() => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(
        """{"layers":[{"type":"pooling","name":"S2","sise":2}]}""", LeNetJson.Default.VariantFile));

    [Theory]
    [InlineData("1")]
    [InlineData("99")]
    [InlineData("\"1\"")]
    [InlineData("\"-64\"")]
    [InlineData("\"Max, Average\"")]
    public void Deserialize_NumberOrListAsAName_IsAnError(string kind) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(
        $$"""{"layers":[{"type":"pooling","name":"S2","kind":{{kind}}}]}""", LeNetJson.Default.VariantFile));
}
