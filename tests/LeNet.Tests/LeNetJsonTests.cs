using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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
    [InlineData("1e999", "2")]
    [InlineData("-1e999", "2")]
    [InlineData("1", "1e999")]
    public void Deserialize_NumberBeyondTheRange_IsAnError(string seconds, string temperature)
    {
        var json = $$"""
            {"run":"a","test_accuracy":1,"test_loss":1,"test_images":1,"epochs":1,"images_per_second":1,"parameters":1,
            "seconds":{{seconds}},"temperature":{{temperature}} }
            """;

        var exception = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, LeNetJson.Default.RunSummary));

        Assert.EndsWith(": the number is beyond the range of numbers", JsonFault.Of(exception), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("99")]
    [InlineData("\"1\"")]
    [InlineData("\"-64\"")]
    [InlineData("\"Max, Average\"")]
    public void Deserialize_NumberOrListAsAName_IsAnError(string kind) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(
        $$"""{"layers":[{"type":"pooling","name":"S2","kind":{{kind}}}]}""", LeNetJson.Default.VariantFile));

    /// <summary>Native code exists only for contracts that the compiler saw, and all reference types share theirs.</summary>
    [Fact]
    public void LeNetValues_EveryTypeThatNeedsOwnNativeCode_IsListed()
    {
        var open = new Stack<Type>(
            [.. typeof(LeNetJson).GetProperties().Select(property => property.PropertyType).Where(type => type.IsGenericType)
                .Select(type => type.GenericTypeArguments[0])]);
        var seen = new HashSet<Type>();
        var missing = new List<Type>();
        while (open.TryPop(out var type))
        {
            if (!seen.Add(type))
                continue;
            var contract = LeNetJson.Default.TypeInfo(type);
            var isRecord = contract.Kind == JsonTypeInfoKind.Object && !type.IsValueType;
            if (type.IsValueType || type.GenericTypeArguments.Any(argument => argument.IsValueType) || isRecord && HasParameters(type))
                missing.AddRange(LeNetValues.Default.GetTypeInfo(type) is null ? [type] : []);
            foreach (var next in contract.Properties.Where(property => property.Get is not null).Select(property => property.PropertyType)
                .Concat(type.GetCustomAttributes<JsonDerivedTypeAttribute>().Select(derived => derived.DerivedType))
                .Concat(type.IsGenericType ? type.GenericTypeArguments : []))
                open.Push(next);
        }

        Assert.Contains(typeof(RbfSpec), seen);
        Assert.Empty(missing);

        static bool HasParameters(Type type) => !type.IsAbstract && type.GetConstructor(Type.EmptyTypes) is null;
    }
}
