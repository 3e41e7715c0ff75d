using LeNetServe.InferenceServer.Models;

namespace LeNetServe.InferenceServer.Tests.Models;

public sealed class BatchSizesTests
{
    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(8, new[] { 1, 2, 4, 8 })]
    [InlineData(12, new[] { 1, 2, 4, 8, 12 })]
    public void UpTo_Largest_ArePowersOfTwoAndIt(int largest, int[] expected) => Assert.Equal(expected, BatchSizes.UpTo(largest));

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(12)]
    public void Next_AnyCount_IsTheSmallestWarmedSize(int largest)
    {
        var sizes = BatchSizes.UpTo(largest);
        for (var images = 1; images <= largest; images++)
            Assert.Equal(sizes.First(size => size >= images), BatchSizes.Next(images, largest));
        Assert.Equal(largest + 1, BatchSizes.Next(largest + 1, largest));
    }
}
