using System.Text.Json;
using CsCheck;
using LeNetServe.Specs;

namespace LeNetServe.Tests.Specs;

public sealed class VariantFileTests : IDisposable
{
    private const string Small = """
        {
          "layers": [
            { "type": "convolution", "name": "C1", "maps": 4, "kernel": 5, "input_maps": [[0], [0], [0], [0]] },
            { "type": "batch-norm", "name": "C1_bn" },
            { "type": "activation", "name": "C1_tanh", "function": "scaled-tanh" },
            { "type": "pooling", "name": "S2", "kind": "average", "size": 4 },
            { "type": "dropout", "name": "drop", "rate": 0.2 },
            { "type": "dense", "name": "output" },
            { "type": "softmax", "name": "softmax" }
          ]
        }
        """;

    private static readonly string[] Insertions = ["", "0", "-1", "9999999999", "1e9", "null", "[]", "{}", "\"\"", ","];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Create_File_BuildsItForTheClasses()
    {
        var spec = Create(Small);

        Assert.Equal("mine", spec.Name);
        Assert.Equal((4 * 25 + 4) + (4 + 4) + (4 * 7 * 7 * 10 + 10), spec.TrainableParameters);
    }

    [Fact]
    public void Create_StrideAndPadding_ShapeTheMaps()
    {
        var spec = Create(Small
            .Replace("\"kernel\": 5,", "\"kernel\": 5, \"stride\": 2, \"padding\": 2,", StringComparison.Ordinal)
            .Replace("\"size\": 4", "\"size\": 3, \"stride\": 2, \"padding\": 1", StringComparison.Ordinal));

        Assert.Equal(["4@16×16", "4@8×8"], spec.Trace().Where(row => row.Layer.Name is "C1" or "S2").Select(row => row.Output.ToString()));
    }

    /// <summary>Properties that came later appear in no file that has their defaults, so that ids and hashes stay.</summary>
    [Fact]
    public void Serialize_DefaultStrideAndPadding_LeavesThemOut()
    {
        var json = JsonSerializer.Serialize(Create(Small), LeNetJson.Default.LeNetSpec);

        Assert.DoesNotContain("stride", json, StringComparison.Ordinal);
        Assert.DoesNotContain("padding", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Serialize_StrideAndPadding_ReadBackEqual()
    {
        var layer = new ConvolutionSpec { Name = "C1", Maps = 6, Kernel = 5, Stride = 2, Padding = 1 };
        var pooling = new PoolingSpec { Name = "S2", Stride = 3, Padding = 1 };
        var spec = new LeNetSpec { Name = "mine", Input = new(1, 32, 32), Classes = 10, Layers = [layer, pooling] };

        var read = JsonSerializer.Deserialize(JsonSerializer.Serialize(spec, LeNetJson.Default.LeNetSpec), LeNetJson.Default.LeNetSpec);

        Assert.Equal<LayerSpec>([layer, pooling], read!.Layers);
    }

    [Theory]
    [InlineData("\"kernel\": 5", "\"kernal\": 5", "layer C1: key \"kernal\" is unknown for type convolution, expected one of ")]
    [InlineData("\"kernel\": 5", "\"kernal\": 5", "input_maps; did you mean kernel?")]
    [InlineData("\"kernel\": 5", "\"k\\ud800\": 5", "the text \"k\\ud800\" has half of a surrogate pair, expected both halves")]
    [InlineData("\"average\"", "\"\\ud800\"", "the text \"\\ud800\" has half of a surrogate pair, expected both halves")]
    [InlineData("\"maps\": 4, ", "", "layer C1: maps is missing, expected a whole number")]
    [InlineData("\"maps\": 4", "\"maps\": \"four\"", "layer C1: maps is \"four\", expected a whole number")]
    [InlineData("\"convolution\"", "\"convv\"", "layer C1: type is \"convv\", expected one of convolution, batch-norm, activation")]
    [InlineData("\"type\": \"dense\"", "\"type\": \"dens\"", "did you mean dense?")]
    [InlineData("\"type\": \"dense\", ", "", "layer output: type is missing, expected one of convolution")]
    [InlineData("\"name\": \"S2\", ", "", "layer 4: name is missing, expected text")]
    [InlineData("\"average\"", "\"median\"", "layer S2: kind is \"median\", expected one of max, average")]
    [InlineData("\"layers\"", "\"layer\"", "found an object without \"layers\", expected an object with a list \"layers\"")]
    [InlineData("{\n  \"layers\"", "{\n  \"author\": \"me\", \"layers\"", "key \"author\" is unknown, expected \"layers\" alone")]
    [InlineData("\"size\": 4", "\"size\": 5", "layer S2")]
    [InlineData("0.2", "1.5", "layer drop: rate is 1.5")]
    [InlineData("[[0], [0], [0], [0]]", "[[1], [0], [0], [0]]", "layer C1: input_maps row 0 is [1], expected map numbers 0 to 0")]
    [InlineData("[[0], [0], [0], [0]]", "[[0], [0], [0], []]", "layer C1: input_maps row 3")]
    [InlineData("[[0], [0], [0], [0]]", "[[0], [0], [0], null]", "")]
    [InlineData("{ \"type\": \"softmax\", \"name\": \"softmax\" }", "null", "mine.json")]
    public void Create_Fault_IsASpecExceptionThatSaysWhere(string sound, string broken, string expected)
    {
        Assert.Contains(sound, Small);

        var exception = Assert.Throws<SpecException>(() => Create(Small.Replace(sound, broken, StringComparison.Ordinal)));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Contains("mine.json: ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"layers\": null}")]
    [InlineData("not json")]
    public void Create_NoVariant_NamesTheFile(string text) =>
        Assert.Contains("mine.json", Assert.Throws<SpecException>(() => Create(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_MissingFile_NamesIt()
    {
        var exception = Assert.Throws<SpecException>(() => Variants.Create(folder.Combine("nowhere.json"), 1, 10));

        Assert.Contains("nowhere.json: no such file", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_MistypedFile_NamesTheNearest()
    {
        File.WriteAllText(folder.Combine("my-network.json"), "{}");

        var exception = Assert.Throws<SpecException>(() => Variants.Create(folder.Combine("my-netwrk.json"), 1, 10));

        Assert.EndsWith($"; did you mean {folder.Combine("my-network.json")}?", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_UnknownName_ListsTheKnown() => Assert.Equal(
        $"variant \"lenet6\" is unknown, expected {string.Join(", ", Variants.Names)} or the path of a .json file",
        Assert.Throws<SpecException>(() => Variants.Create("lenet6", 1, 10)).Message);

    [Fact]
    public void Create_AnyDamagedText_ThrowsNothingButSpecException() =>
        Gen.Select(Gen.Int[0, Small.Length - 1], Gen.Int[0, 8], Gen.Int[0, Insertions.Length - 1]).Sample(
            (place, length, insertion) =>
            {
                try
                {
                    Create(Small.Remove(place, Math.Min(length, Small.Length - place)).Insert(place, Insertions[insertion]));
                }
                catch (SpecException)
                {
                }
            },
            iter: 500,
            threads: 1);

    private LeNetSpec Create(string text)
    {
        var path = folder.Combine("mine.json");
        File.WriteAllText(path, text);
        return Variants.Create(path, 1, 10);
    }
}
