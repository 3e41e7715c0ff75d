using LeNetServe.BatchScorer.Invocation;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.Cli;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Invocation;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(ExitCode.Success, "scores.csv")]
    [InlineData(ExitCode.Success, "run.v2")]
    [InlineData(ExitCode.Usage, "scores.tsv")]
    [InlineData(ExitCode.Usage, "scores.csv", "--imagin")]
    [InlineData(ExitCode.Usage, "scores.csv", "--imaging", "digits")]
    [InlineData(ExitCode.Usage, "scores.csv", "--preview", "-5")]
    [InlineData(ExitCode.Usage, "scores.csv", "--server-wait", "-1")]
    [InlineData(ExitCode.Usage, "scores.csv", "--top-k", "0")]
    [InlineData(ExitCode.Usage, "scores.csv", "--shard", "0/2")]
    [InlineData(ExitCode.BadInput, "scores.csv", "--include", "*.tif")]
    public async Task RunAsync_ACommandLine_EndsWithItsCodeAndPublishesOnlyWhereItIsGood(
        ExitCode expected, string output, params string[] more)
    {
        var model = Pictures.WriteModel(directory["model"]);
        Pictures.WriteFolder(directory["images"], perClass: 1);

        var code = await CommandLineProgram.RunAsync(
            "lenetserve-score", new() { ScoreCommand.Create() },
            ["score", directory["images"], "-m", model, "-o", directory[output], "-q", .. more]);

        Assert.Equal((int)expected, code);
        Assert.Equal(expected == ExitCode.Success, Path.Exists(directory[output]));
    }

    [Theory]
    [InlineData("score", "@images", "-m", "model", "-o", "")]
    [InlineData("score", "@images", "-m", "model", "-o", "scores.csv", "--imaging", "digits")]
    [InlineData("merge", "job", "-o", "")]
    [InlineData("merge", "job", "-o", "scores.tsv")]
    [InlineData("merge", "job", "--preview", "-1")]
    public async Task RunAsync_ASlip_IsRefusedInReadableWords(params string[] arguments)
    {
        Pictures.WriteModel(directory["model"]);
        Pictures.WriteFolder(directory["@images"], perClass: 1);
        await Expect(ExitCode.Success, "score", "@images", "-m", "model", "-o", "job");
        var before = Directory.GetFileSystemEntries(directory.Path, "*", SearchOption.AllDirectories).Order();

        var error = await Expect(ExitCode.Usage, arguments);

        Assert.Contains(arguments[^2].Replace("-o", "--out", StringComparison.Ordinal) + " is ", error);
        Assert.DoesNotContain("System.", error);
        Assert.Equal(before, Directory.GetFileSystemEntries(directory.Path, "*", SearchOption.AllDirectories).Order());
    }

    [Theory]
    [InlineData("rows.jsonl", "--csv-safe", "CSV")]
    [InlineData("rows.csv", "--refresh", "--out FOLDER")]
    [InlineData("rows.csv", "--null", "a list")]
    [InlineData("job", "--server-wait=3", "--server")]
    [InlineData("-", "--preview=3", "a file of rows")]
    [InlineData("rows.csv", "--csv-safe", null)]
    [InlineData("job", "--part-size=3", null)]
    public async Task RunAsync_OptionWithoutEffect_IsAWarning(string output, string option, string? needed)
    {
        Pictures.WriteModel(directory["model"]);
        Pictures.WriteFolder(directory["images"], perClass: 1);

        var error = await Expect(ExitCode.Success, "score", "images", "-m", "model", "-o", output, "-q", option);

        Assert.Equal(needed is null ? "" : $"warning: {option.Split('=')[0]} has no effect without {needed}", error.TrimEnd());
    }

    [Fact]
    public async Task RunAsync_AJobFromAnotherCurrentFolder_IsRefusedWhereItsInputsAreRelative()
    {
        var model = Pictures.WriteModel(directory["model"]);
        Pictures.WriteFolder(directory["images"], perClass: 1);
        Pictures.WriteFolder(directory["elsewhere", "images"], perClass: 2);
        string[] arguments = ["score", "images", "-m", model, "-o", directory["job"]];
        await Expect(ExitCode.Success, arguments);

        var (code, _, error) = await BuiltProgram.Run("BatchScorer", directory["elsewhere"], arguments);
        var (again, _, _) = await BuiltProgram.Run("BatchScorer", directory["elsewhere"], [.. arguments, "--refresh"]);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains($"about images in {directory.Path}, found images in {directory["elsewhere"]}", error);
        Assert.Equal((int)ExitCode.Success, again);
        Assert.Equal(20, Scorer.Rows(directory["job", "scores.jsonl"]).Length);
    }

    private async Task<string> Expect(ExitCode expected, params string[] arguments)
    {
        var (code, _, error) = await BuiltProgram.Run("BatchScorer", directory.Path, arguments);
        Assert.True(code == (int)expected, $"exit code {code}: {error}");
        return error;
    }
}
