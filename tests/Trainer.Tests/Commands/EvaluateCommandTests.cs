namespace LeNetServe.Trainer.Tests.Commands;

public sealed class EvaluateCommandTests
{
    [Fact]
    public async Task Evaluate_NoSuchRun_SaysWhatIsExpected()
    {
        var (code, _, error) = await TrainerProcess.RunAsync(["evaluate", "--run", "nowhere"]);

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Equal(
            "error: nowhere is not a run with weights: found no config.json in it, expected a directory that train made, such as runs/ID",
            error.Trim());
    }
}
