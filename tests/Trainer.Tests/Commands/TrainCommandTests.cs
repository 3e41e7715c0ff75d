using System.Text.RegularExpressions;
using LeNetServe.Trainer.Configuration;
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
        arguments =
            ["train", "--dataset", "folder", "--data", pictures, "--epochs", "1", "--batch-size", "4", "--out", Path.Combine(root, "runs")];
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Train_UnreadablePicture_IsAnErrorThatNamesIt()
    {
        var (code, _, error) = await TrainerProcess.RunAsync(arguments);

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("torn.png", error, StringComparison.Ordinal);
        Assert.Contains("--skip-unreadable", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
        Assert.False(Directory.Exists(Path.Combine(root, "runs")));
    }

    [Fact]
    public async Task Train_SkipUnreadable_PassesOverItAndSaysSo()
    {
        File.WriteAllText(Path.Combine(root, "pictures", "dark", "photo.heic"), "");

        var (code, output, error) = await TrainerProcess.RunAsync([.. arguments, "--skip-unreadable"]);

        Assert.True(code == 0, error);
        Assert.Contains(
            "warning: in and beside the folders of the classes, the trainer passes over 1 *.heic; pictures are *.png,", error,
            StringComparison.Ordinal);
        Assert.Matches(@"1 unreadable picture was passed over:\s+.*torn\.png: ", output);
        Assert.Single(Directory.GetFiles(root, "summary.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Train_FinishedRunWhosePicturesChanged_IsAnError()
    {
        File.Delete(Path.Combine(root, "pictures", "dark", "torn.png"));
        var (code, output, error) = await TrainerProcess.RunAsync(arguments);
        Assert.True(code == 0, error);
        Assert.Matches(@"1 epoch in .*\s+report: \S*report\.html\s+next:   lenetserve-export export --run \S*pictures-lenet5", output);

        File.Copy(Path.Combine(root, "pictures", "dark", "1.png"), Path.Combine(root, "pictures", "bright", "1.png"), overwrite: true);
        (code, _, error) = await TrainerProcess.RunAsync(arguments);

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("was begun with data of SHA-256", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_DataWithoutDataset_TakesTheKindOfTheData()
    {
        var data = Path.Combine(root, "pictures");
        var (code, output, error) = await TrainerProcess.RunAsync(
            ["train", "--data", data, "--skip-unreadable", "--epochs", "1", "--batch-size", "4", "--out", Path.Combine(root, "runs")]);

        Assert.True(code == 0, error);
        Assert.Contains(", pictures, ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--data", "nowhere", ExitCode.BadInput, "--data is nowhere, which does not exist")]
    [InlineData(
        "--dataset",
        "mnits",
        ExitCode.Usage,
        "--dataset is \"mnits\", expected mnist, fashion-mnist, cifar10, folder, strokes; did you mean mnist?")]
    [InlineData("--variant", "lenet6", ExitCode.Usage, "--variant is \"lenet6\", expected lenet5, lenet5-bn")]
    [InlineData("--optimizer", "adaam", ExitCode.Usage, "--optimizer is \"adaam\", expected sgd, adam, adamw or muon; did you mean adam?")]
    [InlineData("--recipe", "quick", ExitCode.Usage, "recipe \"quick\" is unknown, expected cifar10")]
    [InlineData("--batch-size", "0", ExitCode.Usage, "--batch-size is 0, expected 1 to")]
    public async Task Train_UnknownName_NamesTheOptionTheKnownNamesAndTheHelp(
        string option, string value, ExitCode expected, string message)
    {
        var (code, _, error) = await TrainerProcess.RunAsync(["train", option, value, "--out", Path.Combine(root, "runs")]);

        Assert.Equal((int)expected, code);
        var lines = error.Trim().Split('\n');
        Assert.Contains(message, lines[0], StringComparison.Ordinal);
        Assert.Equal(expected == ExitCode.Usage ? ["help: lenetserve-train train --help"] : [], lines[1..]);
    }

    [Fact]
    public async Task Evaluate_ATrainedRun_ReadsItsDataAndEndsWithTheExport()
    {
        await TrainerProcess.RunAsync([.. arguments, "--skip-unreadable"]);
        var run = Directory.GetDirectories(Path.Combine(root, "runs")).Single();

        var (code, output, error) = await TrainerProcess.RunAsync(["evaluate", "--run", run]);

        Assert.Equal((0, ""), (code, error));
        Assert.EndsWith($"next: lenetserve-export export --run {run} --repository models --name NAME\n", output);
    }

    [Fact]
    public async Task Train_ClassNameWithALineBreak_IsRefusedBeforeTraining()
    {
        File.Delete(Path.Combine(root, "pictures", "dark", "torn.png"));
        Directory.Move(Path.Combine(root, "pictures", "dark"), Path.Combine(root, "pictures", "new\nline"));

        var (code, _, error) = await TrainerProcess.RunAsync(arguments);

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("the class name \"new\\u000aline\" is not one line of text", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(root, "runs")));
    }

    [Fact]
    public async Task Train_DryRun_PrintsTheConfigAsARecipeAndTrainsNothing()
    {
        var (code, output, error) = await TrainerProcess.RunAsync([.. arguments, "--skip-unreadable", "--schedule", "step", "--dry-run"]);

        Assert.True(code == 0, error);
        Assert.False(Directory.Exists(Path.Combine(root, "runs")));
        var recipe = Path.Combine(root, "printed.json");
        await File.WriteAllTextAsync(recipe, output, TestContext.Current.CancellationToken);
        var config = ConfigBuilder.Build(recipe, new Dictionary<string, string>());
        Assert.Equal((ScheduleKind.Step, 1, 4, 0.0), (config.Schedule, config.Epochs, config.BatchSize, config.WarmUp));
        Assert.All(ConfigBuilder.Fields.Where(field => field.Default is not null),
            field => Assert.Contains($"\"{field.Key}\":", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Train_Help_ShowsTheDefaultOfEveryField()
    {
        var (_, output, _) = await TrainerProcess.RunAsync(["train", "--help"]);

        var help = Regex.Replace(output, @"\s+", " ");
        Assert.Contains("Images per step. Default: 128. Range: 1 to 1000000.", help, StringComparison.Ordinal);
        Assert.Contains("Default: 0.3 with one-cycle, else 0.", help, StringComparison.Ordinal);
        Assert.All(ConfigBuilder.Fields, field => Assert.Contains("Default: ", field.Help, StringComparison.Ordinal));
        Assert.All(ConfigBuilder.Fields, field => Assert.Contains(field.Help, help, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Train_MoreThreadsThanShards_UsesAsManyAsThereIsWorkFor()
    {
        var (code, output, error) = await TrainerProcess.RunAsync([.. arguments, "--skip-unreadable", "--shards", "2", "--threads", "5"]);

        Assert.True(code == 0, error);
        Assert.Contains($"threads: 2{Environment.NewLine}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ValueThatTheNetworkHasNoPlaceFor_IsANote()
    {
        var (code, _, error) = await TrainerProcess.RunAsync([.. arguments, "--skip-unreadable", "--rubbish", "2"]);

        Assert.Equal(0, code);
        Assert.Contains("note: rubbish is 2 and changes nothing: lenet5", error, StringComparison.Ordinal);
    }
}
