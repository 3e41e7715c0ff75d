using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Tests.Recording;

public sealed class LoggedImageTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 29, 15, 4, 5, 678, TimeSpan.FromHours(1));

    [Fact]
    public void FileName_OfAnAnswer_HasTimeVersionLabelProbabilityAndNovelty()
    {
        Assert.Equal("20261129T140405678Z-000042_3_seven_0.9871_1.235.png", Image("seven", 1.2345f).FileName(Time, 42));
        Assert.Equal("20261129T140405678Z-000042_3_seven_0.9871.png", Image("seven", null).FileName(Time, 42));
    }

    [Theory]
    [InlineData("../../etc/passwd", "-..-etc-passwd")]
    [InlineData(".hidden", "hidden")]
    [InlineData("..", "-")]
    [InlineData("", "-")]
    [InlineData("a\nb:c*é_1", "a-b-c-é_1")]
    public void FileName_AnyLabel_StaysInItsFolder(string label, string expected)
    {
        Assert.Equal($"20261129T140405678Z-000001_3_{expected}_0.9871.png", Image(label, null).FileName(Time, 1));
    }

    [Fact]
    public void FileName_LongLabel_IsCut() =>
        Assert.Contains($"_3_{new string('x', 40)}_0.", Image(new('x', 300), null).FileName(Time, 1), StringComparison.Ordinal);

    private static LoggedImage Image(string label, float? novelty) => new("m", 3, label, 0.98712f, novelty, new(1, 4, 4), new byte[16]);
}
