using LeNetServe.BatchScorer.Tests.Fakes;
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
    public async Task RunAsync_ACommandLine_EndsWithItsCodeAndPublishesOnlyWhereItIsGood(ExitCode expected, string output, params string[] more)
    {
        var model = Pictures.WriteModel(directory["model"]);
        Pictures.WriteFolder(directory["images"], perClass: 1);

        var code = await BatchScorer.Invocation.CommandLine.RunAsync(
            BatchScorer.Invocation.CommandLine.Root(), ["score", directory["images"], "-m", model, "-o", directory[output], "-q", .. more]);

        Assert.Equal((int)expected, code);
        Assert.Equal(expected == ExitCode.Success, Path.Exists(directory[output]));
    }
}
