using System.Globalization;
using LeNetServe.Trainer.Metrics;

namespace LeNetServe.Trainer.Progress;

/// <summary>A line per epoch, for logs. A run of more than 100 epochs has about 50 lines.</summary>
internal sealed class PlainDisplay(TextWriter output) : ITrainingDisplay
{
    private const int MostLines = 100;
    private const int LinesOfALongRun = 50;
    private double seconds;
    private int epochs;

    /// <summary>Gets a value indicating whether an epoch has a line of its own.</summary>
    public static bool Shows(int epoch, int epochs) =>
        epochs <= MostLines || epoch == epochs || epoch % ((epochs + LinesOfALongRun - 1) / LinesOfALongRun) == 0;

    /// <summary>Writes an epoch's figures as one line of text.</summary>
    public static string Describe(MetricsLine line, int epochs) => string.Create(CultureInfo.InvariantCulture,
        $"epoch {line.Epoch}/{epochs}: loss {line.TrainLoss:F4}, accuracy {line.TrainAccuracy:P2}")
        + (line.ValidationAccuracy is { } accuracy ? string.Create(CultureInfo.InvariantCulture, $", validation {accuracy:P2}") : "")
        + string.Create(CultureInfo.InvariantCulture, $", {Duration(line.Seconds)}, {line.ImagesPerSecond:N0} images/s");

    /// <summary>Writes seconds, or milliseconds if they are fewer than one.</summary>
    public static string Duration(double seconds) => seconds < 1 ? $"{1000 * seconds:F0} ms" : $"{seconds:F1} s";

    /// <summary>Writes the position of an interrupted run as one line of text.</summary>
    public static string Describe(TrainingProgress progress, int epochs)
    {
        if (progress.Finished)
            return "goes on after its last epoch";
        var within = progress.Step == 0 ? "" : $", {Counted.Of(progress.Step, "step")} into the next";
        return progress.Epoch == 0 ? $"goes on in epoch 1 of {epochs}" : $"goes on after epoch {progress.Epoch} of {epochs}{within}";
    }

    public void Resume(TrainingProgress progress, int epochs) => output.WriteLine(Describe(progress, epochs));

    public void Step(TrainingProgress progress, int stepsPerEpoch, int batchSize)
    {
    }

    public void Epoch(MetricsLine line, int epochs)
    {
        seconds += line.Seconds;
        this.epochs++;
        if (!Shows(line.Epoch, epochs))
            return;
        var left = TimeSpan.FromSeconds(Math.Round(seconds / this.epochs * (epochs - line.Epoch)));
        output.WriteLine($"{Describe(line, epochs)}, {left:c} left");
    }

    public void Ending(string work) => output.WriteLine(work);

    public void Dispose()
    {
    }
}
