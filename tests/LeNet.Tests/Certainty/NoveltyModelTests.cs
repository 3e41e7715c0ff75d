using LeNetServe.Certainty;
using LeNetServe.Specs;
using LeNetServe.Tensors;

namespace LeNetServe.LeNet.Tests.Certainty;

public sealed class NoveltyModelTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");

    [Fact]
    public void Score_OfFeatures_IsTheSumOfTheUnitsAboveZero()
    {
        var model = new NoveltyModel([1, 2, 3, -1, 0, 0], [0.5, 0], [2, 10]);

        Assert.Equal(2 * (1 + 4 + 9 + 0.5f), model.Score([1, 2, 3]));
        Assert.Equal(10 * 5, model.Score([-5, 0, 0]));
    }

    [Fact]
    public void Read_AfterWrite_GivesTheSameScores()
    {
        var model = new NoveltyModel([1, 2, 3, -1, 0, 0], [0.5, 0], [2, 10]);
        model.Write(path);

        Assert.Equal(model.Score([1, 2, 3]), NoveltyModel.Read(path).Score([1, 2, 3]));
        SafetensorsFile.Write(path, [("weight", Zeros(6)), ("bias", Zeros(2)), ("output", Zeros(3))]);
        var fault = Assert.Throws<InvalidDataException>(() => NoveltyModel.Read(path));
        Assert.Contains("tensor \"output\" is F32 3, expected F32 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule_OfHeldOutScores_HasTheRateOfFalseAlarms()
    {
        var scores = Enumerable.Range(1, 1000).Select(score => (float)score).ToArray();

        var rule = NoveltyRule.Of(scores, ["S2"]);

        Assert.Equal(991, rule.Threshold);
        Assert.Equal(0.009, rule.FalseAlarms, 1e-9);
    }

    [Theory]
    [InlineData("lenet5", "C5_relu")]
    [InlineData("lenet5-bn", "C5_relu")]
    [InlineData("lenet5-1998", "C5_tanh")]
    public void LayerOf_Variant_IsTheActivationOfC5(string variant, string expected) =>
        Assert.Equal(expected, NoveltyRule.LayerOf(Variants.Create(variant, 1, 10)));

    [Fact]
    public void LayerOf_PoolingBeforeTheFirstWeights_LeavesItOut()
    {
        var spec = new LeNetSpec
        {
            Name = "pool-first",
            Input = new(1, 32, 32),
            Classes = 10,
            Layers =
            [
                new PoolingSpec { Name = "S0" }, new DenseSpec { Name = "F6", Units = 20 }, new DenseSpec { Name = "output", Units = 10 },
                new SoftmaxSpec { Name = "softmax" },
            ],
        };

        Assert.Null(NoveltyRule.LayerOf(spec));
    }

    public void Dispose() => File.Delete(path);

    private static StoredTensor Zeros(int count) => StoredTensor.From(new float[count], count);
}
