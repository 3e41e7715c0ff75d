using System.Diagnostics;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Specs;
using LeNetServe.TestPictures;

namespace LeNetServe.Tests.Datasets;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_TrainAndTest_TakesEachAsItIs()
    {
        for (var index = 0; index < 3; index++)
        {
            Add($"train/cat/{index}.png", Flat(10 + index));
            Add($"train/dog/{index}.bmp", BmpWriter.Write(32, 32, (_, _) => ((byte)(20 + index), 0, 0)));
        }
        Add("test/cat/a.gif", GifWriter.Write(32, 32, (_, _) => 30));
        Add("test/dog/a.PNG", Flat(40));
        Add("train/cat/notes.txt", "no picture"u8.ToArray());
        Add("train/cat/.hidden.png", "no picture"u8.ToArray());

        var dataset = Open();

        Assert.Equal(["cat", "dog"], dataset.Labels);
        Assert.Equal([0, 1, 0, 1, 0, 1], dataset.Train.Labels);
        Assert.Equal([10, 20, 11, 21, 12, 22], Enumerable.Range(0, 6).Select(index => dataset.Train.Image(index)[0]));
        Assert.Equal([30, 40], Enumerable.Range(0, 2).Select(index => dataset.Test.Image(index)[0]));
        Assert.Equal(new TensorShape(3, 32, 32), dataset.Train.Shape);
        Assert.Equal(new ImagingSpec { Input = new(3, 32, 32) }, dataset.Imaging);
    }

    [Fact]
    public void Open_AccentsAsCharactersOfTheirOwn_AreTheSameClasses()
    {
        foreach (var (part, accent) in new[] { ("train", "e\u0301"), ("test", "\u00e9") })
        {
            Add($"{part}/caf{accent}/1.png", Flat(10));
            Add($"{part}/cafz/1.png", Flat(20));
        }

        var dataset = Open();

        Assert.Equal(["cafz", "caf\u00e9"], dataset.Labels);
        Assert.Equal([20, 10], new[] { 0, 1 }.Select(label => dataset.Train.Image(dataset.Train.Labels.IndexOf(label))[0]));
        Assert.Equal([20, 10], new[] { 0, 1 }.Select(label => dataset.Test.Image(dataset.Test.Labels.IndexOf(label))[0]));
    }

    [Fact]
    public void Open_FolderWhoseNameIsNotUtf8_IsNamed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names are bytes on Linux");
        AddClasses(3, "a", "b");
        Run("mkdir \"$(printf 'caf\\351')\"");

        Rejects("the name of the folder caf\ufffd is not UTF-8, expected a name that is: rename it");

        // The framework cannot delete what it cannot name.
        Run("rmdir caf*");
    }

    private void Run(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { WorkingDirectory = folder.Path })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    [Fact]
    public void Open_FoldersThatDifferInTheirAccentsAlone_AreRefused()
    {
        AddClasses(3, "a", "e\u0301", "\u00e9");

        Rejects("two folders are named \u00e9, once with an accent as a character of its own, expected one: put them together");
    }

    [Fact]
    public void Open_OneTrainingImage_IsDrawnBySeedAndKeepsTheClasses()
    {
        AddClasses(10, "a", "b");
        var all = Open();

        var one = Enumerable.Range(1, 20).Select(seed =>
            ImageFolder.Open(new() { Name = "folder", Directory = folder.Path, TrainImages = 1, TrainSeed = seed },
                CancellationToken.None)).ToList();

        Assert.All(one, dataset => Assert.Equal((1, 4, 2), (dataset.Train.Count, dataset.Test.Count, dataset.Labels.Count)));
        Assert.All(one, dataset => Assert.Equal(all.Test.Pixels, dataset.Test.Pixels));
        Assert.True(one.Select(dataset => dataset.Train.Image(0)[0]).Distinct().Count() > 5);
    }

    [Fact]
    public void Open_ClassesAlone_DrawsAFifthOfEachBySeed()
    {
        AddClasses(10, "a", "b");

        var (first, again, other) = (Open(), Open(), Open(seed: 2));

        Assert.Equal((16, 4), (first.Train.Count, first.Test.Count));
        Assert.Equal([0, 1, 0, 1], first.Test.Labels);
        Assert.Equal(DatasetIdentity.Of(first), DatasetIdentity.Of(again));
        Assert.NotEqual(DatasetIdentity.Of(first), DatasetIdentity.Of(other));
        var levels = Enumerable.Range(0, 16).Select(index => first.Train.Image(index)[0])
            .Concat(Enumerable.Range(0, 4).Select(index => first.Test.Image(index)[0]));
        Assert.Equal(20, levels.Distinct().Count());
    }

    [Fact]
    public void Open_OtherFilesAndFoldersInAClass_AreCounted()
    {
        AddClasses(2, "a", "b");
        foreach (var other in new[] { "a/3.heic", "b/4.HEIC", "b/notes", "a/more/1.png", "a/.hidden.txt", "a/Thumbs.db" })
            Add(other, []);

        Assert.Equal(["2 *.heic", "1 file", "1 folder"], Open().PassedOver);
    }

    [Fact]
    public void Open_RunsAndModelsAmongTheClasses_AreNotClasses()
    {
        AddClasses(3, "a", "b");
        Add("runs/a-lenet5-s1-0/config.json", "{}"u8.ToArray());
        Add("models/a/1/model.onnx", []);

        var dataset = Open();

        Assert.Equal(["a", "b"], dataset.Labels);
        Assert.Empty(dataset.PassedOver);
    }

    [Fact]
    public void Open_ClassWithOtherFilesAlone_SaysWhichAreThere()
    {
        AddClasses(2, "a");
        foreach (var name in new[] { "b/1.jfif", "b/2.JFIF", "b/notes", "b/.hidden" })
            Add(name, [1]);

        Rejects(folder.Combine("b") + ": no pictures among 2 *.jfif, 1 file, expected one or more files *.png");
    }

    [Fact]
    public void Open_PicturesAndBrokenLinksBesideTheClasses_AreCounted()
    {
        AddClasses(2, "a", "b");
        Add("loose.png", Flat(1));
        Add("README.md", []);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "c"), "nowhere");

        Assert.Equal(["1 *.png", "1 broken link"], Open().PassedOver);
    }

    [Fact]
    public void Open_OnlyGrayPictures_GivesGrayImages()
    {
        AddClasses(3, "a", "b");
        Add("a/rgb-but-gray.bmp", BmpWriter.Write(32, 32, (x, _) => ((byte)x, (byte)x, (byte)x)));

        Assert.Equal(new TensorShape(1, 32, 32), Open().Train.Shape);
        Assert.Equal(new TensorShape(1, 32, 32), Open().Imaging.Input);
    }

    [Fact]
    public void Open_ChannelsAsked_GivesThem()
    {
        AddClasses(3, "a", "b");

        var dataset = DatasetCatalog.Open(
            new() { Name = "folder", Directory = folder.Path, Channels = 3 }, TestContext.Current.CancellationToken);

        Assert.Equal(3, dataset.Train.Shape.Channels);
    }

    [Theory]
    [InlineData("training", "testing")]
    [InlineData("Train", "Test")]
    [InlineData("TRAINING", "Val")]
    public void Open_OtherNamesOfTrainAndTest_AreTaken(string training, string testing)
    {
        AddClasses(3, $"{training}/a", $"{training}/b");
        AddClasses(2, $"{testing}/a", $"{testing}/b", ".cache/a");

        var dataset = Open();

        Assert.Equal((6, 4), (dataset.Train.Count, dataset.Test.Count));
        Assert.Equal(["a", "b"], dataset.Labels);
    }

    [Fact]
    public void Open_ClassNamedTrainWithAFolderOfTheSystem_IsAClass()
    {
        AddClasses(3, "train", "plane", "train/@eaDir");

        Assert.Equal(["plane", "train"], Open().Labels);
    }

    [Fact]
    public void Open_PicturesALevelDeeper_AreExplained()
    {
        AddClasses(3, "first/a", "first/b", "second/a", "second/b");

        Rejects("and not in folders of its own; a data set with its own test set has the folders train and test, each with the classes");
    }

    [Theory]
    [InlineData("val")]
    [InlineData("valid")]
    [InlineData("validation")]
    public void Open_TrainAndValidation_TakesTheValidationForTesting(string name)
    {
        AddClasses(3, "train/a", "train/b");
        AddClasses(2, $"{name}/a", $"{name}/b");

        var dataset = Open();

        Assert.Equal((6, 4), (dataset.Train.Count, dataset.Test.Count));
        Assert.Equal(["a", "b"], dataset.Labels);
    }

    [Fact]
    public void Open_TrainValidationAndTest_TrainsWithTheValidation()
    {
        AddClasses(3, "train/a", "train/b");
        AddClasses(2, "val/a", "val/b");
        AddClasses(1, "test/a", "test/b");

        var dataset = Open();

        Assert.Equal((10, 2), (dataset.Train.Count, dataset.Test.Count));
    }

    [Fact]
    public void Open_OtherClassesInValidation_AreAnError()
    {
        AddClasses(2, "train/a", "train/b", "val/a", "val/c");

        Rejects("val has the classes a, c, expected those of train, a, b");
    }

    [Fact]
    public void Open_ClassWithTheNameTrain_IsAClass()
    {
        AddClasses(5, "car", "train");

        Assert.Equal(["car", "train"], Open().Labels);
    }

    [Fact]
    public void Open_TrainAlone_NamesTheFoldersThatAreKnown()
    {
        AddClasses(2, "train/a", "train/b");

        Rejects("train without test, val, valid or validation beside it");
    }

    [Fact]
    public void Open_SmallSquares_ArePaddedAndNotResampled()
    {
        foreach (var (label, index) in new[] { ("0", 0), ("0", 1), ("1", 0), ("1", 1) })
            Add($"{label}/{index}.png", new PngWriter { Width = 28, Height = 28, Pixel = (x, y) => [9 * x * y & 255] }.ToArray());

        var dataset = Open();

        Assert.Equal(28, dataset.Imaging.ContentSize);
        var image = dataset.Train.Image(0);
        Assert.Equal((0, 9 * 13 * 17 & 255), (image[0], image[(17 + 2) * 32 + 13 + 2]));
    }

    [Fact]
    public void Open_NumberedClasses_AreInTheOrderOfTheNumbers()
    {
        AddClasses(2, "10", "9", "0");

        Assert.Equal(["0", "9", "10"], Open().Labels);
    }

    [Fact]
    public void Open_UnreadablePicture_IsNamed()
    {
        AddClasses(4, "a", "b");
        Add("a/bad.png", "This is not a picture."u8.ToArray());

        Rejects(Path.Combine("a", "bad.png") + ": the picture starts with the text \"This is not a picture.\", expected");
    }

    [Fact]
    public void Open_UnreadablePictureSkipped_IsCounted()
    {
        AddClasses(4, "a", "b");
        Add("a/bad.png", "This is not a picture."u8.ToArray());
        Add("b/cut.png", Flat(7)[..50]);

        var dataset = DatasetCatalog.Open(
            new() { Name = "folder", Directory = folder.Path, SkipUnreadable = true }, TestContext.Current.CancellationToken);

        Assert.Equal((2, 8), (dataset.Skipped.Count, dataset.Train.Count + dataset.Test.Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Open_TwoReadablePicturesOfAClass_TrainAndTest(int seed)
    {
        AddClasses(4, "a");
        AddClasses(2, "b");
        foreach (var number in Enumerable.Range(1, 9))
            Add($"b/bad{number}.png", Flat(7)[..50]);

        var dataset = DatasetCatalog.Open(
            new() { Name = "folder", Directory = folder.Path, SkipUnreadable = true, Seed = seed }, TestContext.Current.CancellationToken);

        Assert.Equal((1, 1), (dataset.Train.Labels.Count(label => label == 1), dataset.Test.Labels.Count(label => label == 1)));
        Assert.Equal(9, dataset.Skipped.Count);
    }

    [Fact]
    public void Open_OneReadablePictureOfAClass_SaysSo()
    {
        AddClasses(4, "a");
        AddClasses(1, "b");
        Add("b/bad1.png", Flat(7)[..50]);
        Add("b/bad2.png", Flat(7)[..50]);

        var exception = Assert.Throws<InvalidDataException>(() => DatasetCatalog.Open(
            new() { Name = "folder", Directory = folder.Path, SkipUnreadable = true }, TestContext.Current.CancellationToken));

        Assert.Equal(folder.Combine("b") + ": 1 readable of 3 pictures, expected 2 or more to train and to test with", exception.Message);
    }

    [Fact]
    public void Open_ClassWithoutPictures_IsNamed()
    {
        AddClasses(2, "a", "b");
        Directory.CreateDirectory(folder.Combine("empty"));

        Rejects(folder.Combine("empty") + ": no pictures, expected one or more files *.png");
    }

    [Fact]
    public void Open_TestHasOtherClasses_Throws()
    {
        Add("train/a/1.png", Flat(1));
        Add("train/b/1.png", Flat(1));
        Add("test/a/1.png", Flat(1));
        Add("test/c/1.png", Flat(1));

        Rejects("test has the classes a, c, expected those of train, a, b");
    }

    [Fact]
    public void Open_OneClass_Throws()
    {
        AddClasses(2, "a");

        Rejects("1 folder, expected two or more");
    }

    private static byte[] Flat(int level) => new PngWriter { Width = 32, Height = 32, Pixel = (_, _) => [level] }.ToArray();

    private void AddClasses(int count, params string[] names)
    {
        for (var label = 0; label < names.Length; label++)
            for (var index = 0; index < count; index++)
                Add($"{names[label]}/{index}.png", Flat(1 + 20 * label + index));
    }

    private void Add(string path, byte[] bytes)
    {
        var file = new FileInfo(folder.Combine(path));
        file.Directory!.Create();
        File.WriteAllBytes(file.FullName, bytes);
    }

    private ImageDataset Open(int seed = 1) => DatasetCatalog.Open(new() { Name = "folder", Directory = folder.Path, Seed = seed });

    private void Rejects(string expected) => Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Open()).Message);
}
