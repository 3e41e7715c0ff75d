using LeNetServe.Trainer.Tests.Sweeps;

namespace LeNetServe.Trainer.Tests.Commands;

public sealed class TrainCommandTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lenet-train-").FullName;
    private readonly string[] arguments;

    public TrainCommandTests()
    {
        var pictures = TinyPictures.Write(root);
        File.WriteAllText(Path.Combine(pictures, "dark", "torn.png"), "no picture");
        arguments = ["train", "--dataset", "folder", "--data", pictures, "--epochs", "1", "--batch-size", "4", "--out", Path.Combine(root, "runs")];
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Train_UnreadablePicture_IsAnErrorThatNamesIt()
    {
        var (code, _, error) = await TrainerProcess.RunAsync(arguments);

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("torn.png", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
        Assert.False(Directory.Exists(Path.Combine(root, "runs")));
    }

    [Fact]
    public async Task Train_SkipUnreadable_PassesOverItAndSaysSo()
    {
        var (code, output, error) = await TrainerProcess.RunAsync([.. arguments, "--skip-unreadable"]);

        Assert.True(code == 0, error);
        Assert.StartsWith("1 unreadable picture was passed over", output, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(root, "summary.json", SearchOption.AllDirectories));
    }
}
