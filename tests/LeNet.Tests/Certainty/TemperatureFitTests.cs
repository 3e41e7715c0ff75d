using LeNetServe.Certainty;
using LeNetServe.Randomness;

namespace LeNetServe.LeNet.Tests.Certainty;

public sealed class TemperatureFitTests
{
    private const int Classes = 5;

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    public void Of_LogitsThatAreTooLargeByAFactor_FindsTheFactor(double factor)
    {
        var (logits, labels) = Draw(50_000);

        var temperature = TemperatureFit.Of(Array.ConvertAll(logits, logit => (float)(factor * logit)), labels);

        Assert.Equal(factor, temperature, factor * 0.03);
    }

    [Fact]
    public void Of_ImagesWithoutAMistake_StaysNearOne()
    {
        var labels = Enumerable.Range(0, 300).Select(image => image % Classes).ToArray();
        var logits = labels.SelectMany(label => Enumerable.Range(0, Classes).Select(index => index == label ? 4f : 0)).ToArray();

        // The minimum of 300·ln(1 + 4·exp(−4/T)) + 2·ln(T)².
        Assert.Equal(0.4913, TemperatureFit.Of(logits, labels), 0.001);
    }

    [Fact]
    public void Probabilities_AnyTemperature_SumToOneAndKeepTheOrder()
    {
        float[] logits = [1000, -1000, 998, 0, 1];

        var probabilities = TemperatureFit.Probabilities(logits, Classes, 4);

        Assert.Equal(1, probabilities.Sum(), 1e-6f);
        Assert.Equal(Math.Exp(-0.5), probabilities[2] / probabilities[0], 1e-6);
        Assert.Equal(0, Array.IndexOf(probabilities, probabilities.Max()));
    }

    /// <summary>Draws logits, and each label by the probabilities that its logits state: the truth has temperature 1.</summary>
    internal static (float[] Logits, int[] Labels) Draw(int images)
    {
        var random = new SplitMix64(7);
        var logits = new float[images * Classes];
        var labels = new int[images];
        for (var image = 0; image < images; image++)
        {
            for (var index = 0; index < Classes; index++)
                logits[image * Classes + index] = random.Normal(2);
            var row = TemperatureFit.Probabilities(logits.AsSpan(image * Classes, Classes), Classes, 1);
            var left = random.Uniform(0, 1);
            while (labels[image] < Classes - 1 && left >= row[labels[image]])
                left -= row[labels[image]++];
        }
        return (logits, labels);
    }
}
