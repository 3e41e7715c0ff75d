using LeNetServe.Trainer.Metrics;
using Spectre.Console;

namespace LeNetServe.Trainer.Progress;

/// <summary>A progress bar with loss, accuracy, images/s and time left in one line, under the finished epochs' lines.</summary>
internal sealed class TerminalDisplay : ITrainingDisplay
{
    private const int WidestBar = 24;
    private const int Gray = 8; // in a terminal's palette
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);
    private readonly IAnsiConsole console;
    private readonly TimeProvider time;
    private readonly int epochs;
    private readonly long started;
    private long? shown;
    private double startSteps = -1;

    public TerminalDisplay(IAnsiConsole console, int epochs, TimeProvider time)
    {
        this.console = console;
        this.epochs = epochs;
        this.time = time;
        started = time.GetTimestamp();
    }

    public void Resume(TrainingProgress progress, int epochs) => console.WriteLine(PlainDisplay.Describe(progress, epochs));

    public void Step(TrainingProgress progress, int stepsPerEpoch, int batchSize)
    {
        var now = time.GetTimestamp();
        var done = (double)progress.Epoch * stepsPerEpoch + progress.Step;
        if (startSteps < 0)
            startSteps = done - 1;
        if (shown is { } last && time.GetElapsedTime(last, now) < Interval)
            return;
        shown = now;
        var share = done / ((double)epochs * stepsPerEpoch);
        var elapsed = time.GetElapsedTime(started, now);
        var left = TimeSpan.FromSeconds(Math.Round(elapsed.TotalSeconds * (epochs * (double)stepsPerEpoch - done) / (done - startSteps)));
        var images = (double)progress.Step * batchSize;
        var figures = $" epoch {progress.Epoch + 1}/{epochs}  loss {progress.LossSum / images:F4}  "
            + $"accuracy {progress.Correct / images:P2}  {images / progress.EpochSeconds:N0} images/s  {left:c} left";
        // A line that wraps cannot be erased. One column stays free, because a full line wraps on some terminals.
        var room = Math.Max(0, console.Profile.Width - 1);
        figures = figures[..Math.Min(figures.Length, room)];
        var width = Math.Min(WidestBar, room - figures.Length);
        var full = (int)Math.Round(share * width);
        Clear();
        console.Markup($"[green]{new string('━', full)}[/][{Gray}]{new string('━', width - full)}[/]{Markup.Escape(figures)}");
    }

    public void Epoch(MetricsLine line, int epochs)
    {
        if (!PlainDisplay.Shows(line.Epoch, epochs))
            return;
        Clear();
        console.WriteLine(PlainDisplay.Describe(line, epochs));
    }

    public void Ending(string work)
    {
        Clear();
        console.WriteLine(work);
    }

    public void Dispose() => Clear();

    private void Clear() => console.Write(new ControlCode("\r\u001b[2K"));
}
