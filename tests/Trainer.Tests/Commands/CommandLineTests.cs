using System.CommandLine;

namespace LeNetServe.Trainer.Tests.Commands;

public sealed class CommandLineTests
{
    [Fact]
    public async Task RunAsync_Bug_IsExitCodeOne()
    {
        var root = new RootCommand();
        root.SetAction(int (_) => throw new InvalidOperationException("a bug, for the test"));

        Assert.Equal((int)ExitCode.Bug, await Invocation.CommandLine.RunAsync(root, []));
    }

    [Fact]
    public void MessageOf_Cancellation_SaysWhatTheSameCommandDoes() => Assert.Equal(
        "stopped; the same command starts again, and goes on from what was saved", Invocation.CommandLine.MessageOf(new OperationCanceledException()));
}
