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
        var (code, output, error) = await TrainerProcess.RunAsync([.. arguments, "--skip-unreadable"]);

        Assert.True(code == 0, error);
        Assert.Matches(@"\A1 unreadable picture was passed over:\s+.*torn\.png: ", output);
        Assert.Single(Directory.GetFiles(root, "summary.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Train_DryRun_PrintsTheConfigAsARecipeAndTrainsNothing()
    {
        var (code, output, error) = await TrainerProcess.RunAsync([.. arguments, "--schedule", "step", "--dry-run"]);

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
        Assert.Contains("Images per step. Default: 128.", help, StringComparison.Ordinal);
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
        Assert.StartsWith("note: rubbish is 2 and changes nothing: lenet5", error, StringComparison.Ordinal);
    }
}
