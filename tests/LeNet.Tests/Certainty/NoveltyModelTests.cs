using LeNetServe.Certainty;
using LeNetServe.Randomness;
using LeNetServe.Specs;

namespace LeNetServe.LeNet.Tests.Certainty;

public sealed class NoveltyModelTests : IDisposable
{
    private const int Features = 3;
    private readonly string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");

    [Fact]
    public void Score_OfTheFittedImages_IsOneInTheMean()
    {
        var (features, labels) = Draw(20_000, seed: 1);

        var model = NoveltyModel.Fit(features, labels, classes: 2);

        // The mean of a squared Mahalanobis distance is the number of features, less the hundredth that keeps the covariance regular.
        Assert.Equal(1, features.Chunk(Features).Average(image => model.Score(image)), 0.05);
    }

    [Fact]
    public void Score_AlongAndAcrossTheSpread_CountsDeviationsNotDistances()
    {
        var (features, labels) = Draw(20_000, seed: 1);
        var model = NoveltyModel.Fit(features, labels, classes: 2);

        // The first two features move together: a step along both is ordinary, the same step across them is strange.
        var along = model.Score([3, 3, 5]);
        var across = model.Score([3, -3, 5]);

        Assert.True(across > 8 * along, $"{across} across, {along} along");
    }

    [Fact]
    public void Read_AfterWrite_GivesTheSameScores()
    {
        var (features, labels) = Draw(2_000, seed: 1);
        var model = NoveltyModel.Fit(features, labels, classes: 2);
        model.Write(path);

        var read = NoveltyModel.Read(path, classes: 2);

        Assert.Equal(model.Score([1, 2, 3]), read.Score([1, 2, 3]), 1e-4f * model.Score([1, 2, 3]));
        var fault = Assert.Throws<InvalidDataException>(() => NoveltyModel.Read(path, classes: 7));
        Assert.Contains("expected F32 7×3", fault.Message, StringComparison.Ordinal);
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
    [InlineData("lenet5", "S2 S4")]
    [InlineData("lenet5-1998", "S2 S4")]
    public void LayersOf_Variant_AreThoseThatPoolMaps(string variant, string expected) =>
        Assert.Equal(expected.Split(' '), NoveltyRule.LayersOf(Variants.Create(variant, 1, 10)));

    [Fact]
    public void LayersOf_PoolingBeforeTheFirstWeights_LeavesItOut()
    {
        var spec = new LeNetSpec
        {
            Name = "pool-first",
            Input = new(1, 32, 32),
            Classes = 10,
            Layers =
            [
                new PoolingSpec { Name = "S0" }, new ConvolutionSpec { Name = "C1", Maps = 4, Kernel = 5 }, new PoolingSpec { Name = "S2" },
                new DenseSpec { Name = "output", Units = 10 }, new SoftmaxSpec { Name = "softmax" },
            ],
        };

        Assert.Equal(["S2"], NoveltyRule.LayersOf(spec));
    }

    public void Dispose() => File.Delete(path);

    /// <summary>Two classes around (0, 0, ±5), whose first two features move together.</summary>
    private static (float[] Features, int[] Labels) Draw(int images, int seed)
    {
        var random = new SplitMix64((ulong)seed);
        var features = new float[images * Features];
        var labels = Enumerable.Range(0, images).Select(image => image % 2).ToArray();
        for (var image = 0; image < images; image++)
        {
            var common = random.Normal(2);
            features[image * Features] = common + random.Normal(0.8f);
            features[image * Features + 1] = common + random.Normal(0.8f);
            features[image * Features + 2] = (labels[image] == 0 ? 5 : -5) + random.Normal(1);
        }
        return (features, labels);
    }
}
