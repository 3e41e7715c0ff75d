using LeNetServe.Datasets;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Recipes;
using LeNetServe.Trainer.Tests.Training;
using LeNetServe.Trainer.Training;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Tests.Recipes;

public sealed class FolderRecipeTests
{
    [Theory]
    [InlineData(false, 0.97)]
    [InlineData(true, 0.95)]
    public void For_ThreeClassesOf70Shapes_TheDefaultsLearnThem(bool turned, double expected)
    {
        var accuracies = Enumerable.Range(1, 3).Select(seed => Accuracy(seed, turned)).ToList();

        Assert.True(accuracies.Average() >= expected, string.Join(", ", accuracies));
    }

    [Theory]
    [InlineData(2, "2", "1800", "0")]
    [InlineData(168, "16", "180", "0")]
    [InlineData(499, "32", "120", "0")]
    [InlineData(4000, "128", "65", null)]
    public void For_NumberOfImages_ChoosesBatchAndEpochs(int images, string batch, string epochs, string? validation)
    {
        var recipe = FolderRecipe.For(TinyDataset.Create(train: images));

        Assert.Equal((batch, epochs), (recipe.Values["batch_size"], recipe.Values["epochs"]));
        Assert.Equal(validation, recipe.Values.GetValueOrDefault("validation"));
        Assert.Equal(batch == "2" ? "1" : null, recipe.Values.GetValueOrDefault("shards"));
    }

    [Fact]
    public void For_UnevenClasses_BalancesAndWarns()
    {
        var data = TinyDataset.Create(train: 400);
        int[] labels = [.. data.Train.Labels.Select((label, image) => image < 10 ? label : 0)];
        var uneven = data with { Train = data.Train with { Labels = labels } };

        var recipe = FolderRecipe.For(uneven);

        Assert.Equal("true", recipe.Values["balance"]);
        Assert.Equal(2, recipe.Warnings.Count);
        Assert.StartsWith(
            "3 of 4 classes have fewer than 20 training pictures (2: 2, 3: 2, 1: 3): ", recipe.Warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("class 0 has 393 training pictures and", recipe.Warnings[1], StringComparison.Ordinal);
        Assert.Empty(FolderRecipe.For(data).Warnings);
        Assert.False(FolderRecipe.For(data).Values.ContainsKey("balance"));
    }

    [Theory]
    [InlineData(1, "1 of 12 classes has fewer than 20 training pictures (0: 1): ")]
    [InlineData(
        12,
        "12 of 12 classes have fewer than 20 training pictures (0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1, and 2 more): ")]
    public void For_ManySmallClasses_NamesTenAndCountsTheRest(int small, string expected)
    {
        int[] labels = [.. Enumerable.Range(0, 12).SelectMany(label => Enumerable.Repeat(label, label < small ? 1 : 20))];
        var data = TinyDataset.Create(train: labels.Length);

        var recipe = FolderRecipe.For(data with
        {
            Labels = [.. Enumerable.Range(0, 12).Select(label => $"{label}")],
            Train = data.Train with { Labels = labels },
        });

        Assert.StartsWith(expected, recipe.Warnings[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        1, 400, "gray images; network lenet5-bn; learning rate 0.005; batches of 32; 150 epochs; no images held out for validation")]
    [InlineData(
        3, 4000, "color images; network lenet5-bn; learning rate 0.005; batches of 128; 65 epochs; a tenth held out for validation")]
    public void For_EveryChoice_IsNamed(int channels, int images, string expected) => Assert.StartsWith(
        expected,
        string.Join("; ", FolderRecipe.For(TinyDataset.Create(images, channels: channels)).Choices.Select(choice => choice.Phrase)),
        StringComparison.Ordinal);

    [Fact]
    public void Build_AdaptedValues_WinOverTheRecipeAndLoseToTheUser()
    {
        using var directory = new TemporaryDirectory();
        var values = new Dictionary<string, string> { ["dataset"] = "folder", ["data"] = directory.Path, ["epochs"] = "7" };

        var config = ConfigBuilder.Build(null, values, adapted: FolderRecipe.For(TinyDataset.Create(train: 168)).Values);

        Assert.Equal(("lenet5-bn", 7, 16, 0.0), (config.Variant, config.Epochs, config.BatchSize, config.Validation));
        Assert.True(FolderRecipe.IsFor(config, null));
        Assert.False(FolderRecipe.IsFor(config, "fast"));
    }

    /// <summary>Accuracy on pictures that training has not seen. Of 70 pictures, 56 train: the data set holds a fifth out.</summary>
    private static double Accuracy(int seed, bool turned)
    {
        using var directory = new TemporaryDirectory();
        var pictures = Path.Combine(directory.Path, "pictures");
        DrawnShapes.Write(Path.Combine(pictures, "train"), 56, seed, turned);
        DrawnShapes.Write(Path.Combine(pictures, "test"), 100, seed + 1000, turned);
        var dataset = DatasetCatalog.Open(new() { Name = "folder", Directory = pictures }, TestContext.Current.CancellationToken);
        var values = new Dictionary<string, string> { ["data"] = pictures };
        var config = ConfigBuilder.Build(null, values, adapted: FolderRecipe.For(dataset).Values);
        using var threads = new SliceThreads(1);
        return new TrainingRun(config, dataset, directory.Path)
            .Execute(CPU, threads, new PlainDisplay(TextWriter.Null), TestContext.Current.CancellationToken).TestAccuracy;
    }
}
