using LeNetServe.Datasets;

namespace LeNetServe.Tests.Datasets;

public sealed class DatasetCatalogTests
{
    [Fact]
    public void Open_UnknownName_ListsTheKnown() =>
        Assert.Equal(
            "data set \"mnits\" is unknown, expected mnist, fashion-mnist, cifar10, folder, strokes; did you mean mnist?",
            Assert.Throws<InvalidDataException>(() => DatasetCatalog.Open(new() { Name = "mnits" }, TestContext.Current.CancellationToken))
                .Message);

    [Theory]
    [InlineData("mnist")]
    [InlineData("fashion-mnist")]
    [InlineData("cifar10")]
    [InlineData("folder")]
    public void Open_DirectoryMissing_Asks(string name) => Assert.Contains(
        "needs a directory with",
        Assert.Throws<InvalidDataException>(() => DatasetCatalog.Open(new() { Name = name }, TestContext.Current.CancellationToken))
            .Message);

    [Fact]
    public void Open_SomeTrainingImages_LeavesTheTestSetAsItIs()
    {
        var all = DatasetCatalog.Open(new() { Name = "strokes" }, TestContext.Current.CancellationToken);

        var some = DatasetCatalog.Open(new() { Name = "strokes", TrainImages = 50 }, TestContext.Current.CancellationToken);

        Assert.Equal(50, some.Train.Count);
        Assert.Equal(50 * some.Train.Shape.Count, some.Train.Pixels.Length);
        Assert.Equal(all.Test.Pixels, some.Test.Pixels);
    }

    [Fact]
    public void Sha256_OnePixelOrLabelChanged_Differs()
    {
        var set = new ImageSet(new(1, 2, 2), [1, 2, 3, 4, 5, 6, 7, 8], [0, 1]);
        var dataset = new ImageDataset
        {
            Name = "tiny",
            Labels = ["a", "b"],
            Imaging = new() { Input = set.Shape },
            Train = set,
            Test = set
        };

        string[] hashes =
        [
            Hash(dataset),
            Hash(dataset with { Test = set with { Pixels = [1, 2, 3, 4, 5, 6, 7, 9] } }),
            Hash(dataset with { Train = set with { Pixels = [1, 2, 3, 4, 5, 6, 7, 9] } }),
            Hash(dataset with { Train = set with { Labels = [1, 1] } }),
        ];

        Assert.Equal(4, hashes.Distinct().Count());
        Assert.Equal(Hash(dataset), Hash(dataset with { Name = "other" }));
    }

    private static string Hash(ImageDataset dataset) => DatasetIdentity.Of(dataset).Sha256;
}
