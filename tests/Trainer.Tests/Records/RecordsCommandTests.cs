using LeNetServe.Trainer.Records;

namespace LeNetServe.Trainer.Tests.Records;

public sealed class RecordsCommandTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lenet-records-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task List_OfTheProgram_HasEachRecordWithItsTime()
    {
        var (code, output, error) = await TrainerProcess.RunAsync(["records", "list"]);

        Assert.True(code == 0, error);
        Assert.All(NamedRecord.All, record => Assert.Contains(
            $"{record.Name,-8} test accuracy {record.TestAccuracy.ToString("0.00", 100)} %, ", output, StringComparison.Ordinal));
        Assert.Contains($"{NamedRecord.All[0].Seconds / 60:0} minutes on one core", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reproduce_UnknownRecord_NamesTheKnownOnes()
    {
        var (code, _, error) = await TrainerProcess.RunAsync(["records", "reproduce", "cifar"]);

        Assert.Equal(2, code);
        Assert.StartsWith($"error: no record is named \"cifar\", expected {NamedRecord.Names}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reproduce_OneSeedOfTheQuickRecord_SaysTimeAndTestImagesBeforeAndTheVerdictAfter()
    {
        var mnist = RealData.Find("mnist");

        string[] arguments = ["records", "reproduce", "fast", "--seeds", "1", "--data", mnist, "--out", Path.Combine(root, "runs")];
        var (code, output, error) = await TrainerProcess.RunAsync(arguments);

        Assert.True(code == 0, output + error);
        var parts = output.Split("begins");
        Assert.Contains("one after another on", parts[0], StringComparison.Ordinal);
        Assert.Contains("each run reads the test images once", parts[0], StringComparison.Ordinal);
        Assert.Contains("record fast is reproduced: the mean of 1 run is 9", parts[1], StringComparison.Ordinal);
    }
}
