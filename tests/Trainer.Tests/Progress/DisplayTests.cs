using LeNetServe.Trainer.Metrics;
using LeNetServe.Trainer.Progress;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace LeNetServe.Trainer.Tests.Progress;

public sealed class DisplayTests : IDisposable
{
    private const string Erase = "\r\u001b[2K";
    private readonly StringWriter output = new();
    private readonly FakeTimeProvider time = new();

    public void Dispose() => output.Dispose();

    private static MetricsLine Line(int epoch, double seconds) => new()
    {
        Epoch = epoch,
        TrainLoss = 0.25,
        TrainAccuracy = 0.9,
        ValidationAccuracy = 0.8765,
        LearningRate = 0.1,
        Seconds = seconds,
        ImagesPerSecond = 12_345,
    };

    [Fact]
    public void Plain_TwoOfFourEpochs_ExpectsTheMeanOfThoseSeenForTheOthers()
    {
        using var display = new PlainDisplay(output);

        display.Step(new() { Step = 1 }, stepsPerEpoch: 10, batchSize: 2);
        display.Epoch(Line(1, seconds: 60), epochs: 4);
        display.Epoch(Line(2, seconds: 30), epochs: 4);

        Assert.Equal(
            [
                "epoch 1/4: loss 0.2500, accuracy 90.00 %, validation 87.65 %, 60.0 s, 12,345 images/s, 00:03:00 left",
                "epoch 2/4: loss 0.2500, accuracy 90.00 %, validation 87.65 %, 30.0 s, 12,345 images/s, 00:01:30 left",
                "",
            ],
            output.ToString().Split(output.NewLine));
    }

    [Fact]
    public void Plain_ALongRun_HasALineForEveryFourthEpochAndTheLast()
    {
        using var display = new PlainDisplay(output);

        for (var epoch = 1; epoch <= 151; epoch++)
            display.Epoch(Line(epoch, seconds: 1), epochs: 151);

        var lines = output.ToString().Split(output.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((38, "epoch 4/151", "epoch 151/151"), (lines.Length, lines[0].Split(':')[0], lines[^1].Split(':')[0]));
    }

    [Theory]
    [InlineData(0.0124, "12 ms")]
    [InlineData(0.9994, "999 ms")]
    [InlineData(1.04, "1.0 s")]
    public void Plain_AShortEpoch_HasMilliseconds(double seconds, string expected) =>
        Assert.EndsWith($", {expected}, 12,345 images/s", PlainDisplay.Describe(Line(1, seconds), 3), StringComparison.Ordinal);

    [Fact]
    public void Ending_AfterTheLastEpoch_IsALineOfItsOwn()
    {
        using (var plain = new PlainDisplay(output))
            plain.Ending("measuring 5 images …");
        using (var terminal = Terminal(epochs: 1))
            terminal.Ending("measuring 6 images …");

        Assert.Equal($"measuring 5 images …{output.NewLine}{Erase}measuring 6 images …{output.NewLine}{Erase}", output.ToString());
    }

    [Fact]
    public void Plain_NoValidation_LeavesItOut() =>
        Assert.Equal("epoch 3/3: loss 0.2500, accuracy 90.00 %, 2.0 s, 12,345 images/s",
            PlainDisplay.Describe(Line(3, seconds: 2) with { ValidationAccuracy = null }, 3));

    [Theory]
    [InlineData(3, 0, false, "goes on after epoch 3 of 40")]
    [InlineData(3, 1, false, "goes on after epoch 3 of 40, 1 step into the next")]
    [InlineData(0, 7, false, "goes on in epoch 1 of 40")]
    [InlineData(40, 0, true, "goes on after its last epoch")]
    public void Plain_ResumedRun_SaysAfterWhichEpoch(int epoch, int step, bool finished, string expected)
    {
        using var display = new PlainDisplay(output);

        display.Resume(new() { Epoch = epoch, Step = step, Finished = finished }, epochs: 40);

        Assert.Equal(expected + output.NewLine, output.ToString());
    }

    [Fact]
    public void Terminal_AStep_ShowsShareFiguresAndTimeLeft()
    {
        using var display = Terminal(epochs: 4);
        time.Advance(TimeSpan.FromSeconds(10));

        display.Step(new() { Epoch = 0, Step = 10, LossSum = 5, Correct = 15, EpochSeconds = 4 }, stepsPerEpoch: 10, batchSize: 2);

        // The first step seen stands for one step's time, so 30 more take 30 times ten seconds.
        Assert.Equal(
            $"{Erase}━━━━━━━━━━━━━━━━━━━━━━━━ epoch 1/4  loss 0.2500  accuracy 75.00 %  5 images/s  00:05:00 left", output.ToString());
    }

    [Theory]
    [InlineData(80, "━━━━━ epoch 1/12  loss 0.2500  accuracy 75.00 %  12,345 images/s  00:59:55 left")]
    [InlineData(40, " epoch 1/12  loss 0.2500  accuracy 75.0")]
    public void Terminal_NarrowerThanTheLine_StaysOnOneLine(int width, string expected)
    {
        using var display = Terminal(epochs: 12, width);
        time.Advance(TimeSpan.FromSeconds(5));

        display.Step(
            new() { Epoch = 0, Step = 1, LossSum = 30862.5, Correct = 92587, EpochSeconds = 10 }, stepsPerEpoch: 60, batchSize: 123450);

        Assert.Equal($"{Erase}{expected}", output.ToString());
        Assert.True(expected.Length < width);
    }

    [Fact]
    public void Terminal_StepsInQuickSuccession_AreShownAFewTimesASecond()
    {
        using var display = Terminal(epochs: 1);

        for (var step = 1; step <= 30; step++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            display.Step(new() { Step = step, EpochSeconds = 1 }, stepsPerEpoch: 30, batchSize: 1);
        }

        Assert.Equal(2, output.ToString().Split(Erase).Length - 1);
    }

    [Fact]
    public void Terminal_AnEpoch_LeavesItsLineBehindInPlaceOfTheBar()
    {
        using (var display = Terminal(epochs: 2))
            display.Epoch(Line(1, seconds: 60), epochs: 2);

        Assert.Equal($"{Erase}{PlainDisplay.Describe(Line(1, seconds: 60), 2)}{output.NewLine}{Erase}", output.ToString());
    }

    private TerminalDisplay Terminal(int epochs, int width = 160)
    {
        var console = AnsiConsole.Create(
            new() { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        return new(console, epochs, time);
    }
}
