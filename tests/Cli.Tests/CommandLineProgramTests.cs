using System.CommandLine;
using LeNetServe.Specs;

namespace LeNetServe.Cli.Tests;

public sealed class CommandLineProgramTests
{
    public static TheoryData<Exception, ExitCode> Failures => new()
    {
        { new ExpectedException(ExitCode.CheckFailed, "too bad"), ExitCode.CheckFailed },
        { new OperationCanceledException(), ExitCode.Interrupted },
        { new SpecException("no such layer"), ExitCode.BadInput },
        { new InvalidDataException("broken"), ExitCode.BadInput },
        { new FileNotFoundException("gone"), ExitCode.BadInput },
        { new IOException("full"), ExitCode.Trouble },
        { new TimeoutException("known to the program"), ExitCode.Trouble },
        { new InvalidOperationException("a bug, for the test"), ExitCode.Bug },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task RunAsync_Failure_EndsWithItsExitCode(Exception failure, ExitCode expected)
    {
        var root = new RootCommand();
        root.SetAction(int (_) => throw failure);

        var code = await CommandLineProgram.RunAsync(
            "tool", root, [], exception => exception is TimeoutException ? ExitCode.Trouble : null);

        Assert.Equal((int)expected, code);
    }

    [Fact]
    public void LinesOf_WrongValueOfACommand_EndWithItsHelp()
    {
        var root = new RootCommand { new Command("train") };

        Assert.Equal(
            $"error: no{Environment.NewLine}help: tool train --help",
            CommandLineProgram.LinesOf(new ExpectedException(ExitCode.Usage, "no"), ExitCode.Usage, "tool", root.Parse("train")));
        Assert.Equal("error: full", CommandLineProgram.LinesOf(new IOException("full"), ExitCode.Trouble, "tool", root.Parse("train")));
    }

    [Fact]
    public async Task RunAsync_WrongCommandLine_RunsNothing()
    {
        var root = new RootCommand { new Option<int>("--n").AtLeast(1) };
        root.SetAction(int (_) => throw new InvalidOperationException("it ran"));

        Assert.Equal((int)ExitCode.Usage, await CommandLineProgram.RunAsync("tool", root, ["--n", "0"]));
    }

    [Fact]
    public void MessageOf_FailureOfATemporaryFile_NamesTheUsersFile() => Assert.Equal(
        "error: No space left on device : '/out/scores.csv'",
        CommandLineProgram.MessageOf(new IOException(
            "No space left on device : '/out/scores.csv.15736-1dc639003c444e03b86f82b321c54a4f.tmp'")));

    [Fact]
    public void MessageOf_Cancellation_SaysWhatTheSameCommandDoes() => Assert.Equal(
        "stopped; the same command starts again, and goes on from what was saved, if anything was",
        CommandLineProgram.MessageOf(new OperationCanceledException()));

    [Fact]
    public void MessageOf_InterruptionWithAText_IsTheText() =>
        Assert.Equal(
            "stopped after 3 images", CommandLineProgram.MessageOf(new ExpectedException(ExitCode.Interrupted, "stopped after 3 images")));

    [Fact]
    public void MessageOf_SeveralLines_IsOne() => Assert.Equal("error: a b", CommandLineProgram.MessageOf(new IOException("a\nb")));
}
