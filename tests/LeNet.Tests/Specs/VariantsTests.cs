using System.Text.Json;
using LeNetServe.Specs;

namespace LeNetServe.Tests.Specs;

public sealed class VariantsTests
{
    [Theory]
    [InlineData("lenet5", 1, 61_706, 416_520)]
    [InlineData("lenet5", 3, 62_006, 651_720)]
    [InlineData("lenet5-sparse", 1, 60_806, 326_520)]
    [InlineData("lenet5-sparse", 3, 61_106, 561_720)]
    public void Create_PublishedVariant_HasThePublishedCounts(string name, int channels, int parameters, long multiplyAdds)
    {
        var spec = Variants.Create(name, channels, 10);

        Assert.Equal(parameters, spec.TrainableParameters);
        Assert.Equal(multiplyAdds, spec.MultiplyAdds);
    }

    [Fact]
    public void C3Table_OfThePaper_IsTableI()
    {
        string[] printed =
        [
            "X   XXX  XXXX XX",
            "XX   XXX  XXXX X",
            "XXX   XXX  X XXX",
            " XXX  XXXX  X XX",
            "  XXX  XXXX XX X",
            "   XXX  XXXX XXX",
        ];

        Assert.Equal(
            printed,
            Enumerable.Range(0, 6).Select(Row));

        static string Row(int source) => string.Concat(Variants.C3Table.Select(sources => sources.Contains(source) ? 'X' : ' '));
    }

    [Fact]
    public void Centers_OfTheDigits_AreTenDifferentBitmapsOf84()
    {
        Assert.All(DigitBitmaps.Centers, center => Assert.Equal(84, center.Count));
        Assert.Equal(10, DigitBitmaps.Centers.Select(center => string.Join(' ', center)).Distinct().Count());
    }

    [Fact]
    public void Create_LeNet5Of1998WithMoreClassesThanBitmaps_SaysSo()
    {
        var exception = Assert.Throws<SpecException>(() => Variants.Create("lenet5-1998", 1, 11));

        Assert.Contains("bitmaps for 10 classes, found 11", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Create_EveryVariant_SurvivesJson(string name)
    {
        var spec = Variants.Create(name, 3, 7);

        var json = JsonSerializer.Serialize(spec, LeNetJson.Default.LeNetSpec);
        var read = JsonSerializer.Deserialize(json, LeNetJson.Default.LeNetSpec)!;

        Assert.Equal(json, JsonSerializer.Serialize(read, LeNetJson.Default.LeNetSpec));
        Assert.Equal(spec.TrainableParameters, read.TrainableParameters);
    }

    public static TheoryData<string> Names => [.. Variants.Names];
}
