using LeNetServe.Runs;
using Spectre.Console;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>A live line on a terminal under the sweep's lines: finished runs, and the epochs of those that are being trained.</summary>
internal sealed class SweepStatus : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock writing = new();
    private readonly IAnsiConsole console;
    private readonly ITimer timer;
    private Sweep? sweep;
    private IReadOnlyList<PlannedRun> runs = [];

    public SweepStatus(IAnsiConsole console, TimeProvider time)
    {
        this.console = console;
        timer = time.CreateTimer(_ => Show(), null, Interval, Interval);
    }

    /// <summary>Shows the progress of a sweep from now on.</summary>
    public void Watch(Sweep sweep, IReadOnlyList<PlannedRun> runs)
    {
        lock (writing)
        {
            this.sweep = sweep;
            this.runs = runs;
        }
    }

    /// <summary>Writes a line above the live one.</summary>
    public void WriteLine(string line)
    {
        lock (writing)
        {
            Clear();
            console.WriteLine(line);
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        lock (writing)
            Clear();
    }

    private void Show()
    {
        lock (writing)
        {
            if (sweep is null)
                return;
            var epochs = sweep.Running.Select(run => $"{run.Directory.Id} epoch {Epochs(run.Directory)}/{run.Config.Epochs}").Order();
            var line = $"{runs.Count(run => run.IsFinished)} of {runs.Count} finished; {string.Join(", ", epochs)}";
            Clear();
            // A line that wraps cannot be erased.
            console.Write(line[..Math.Min(line.Length, Math.Max(0, console.Profile.Width - 1))]);
        }
    }

    private static int Epochs(RunDirectory run) => File.Exists(run.Metrics) ? File.ReadLines(run.Metrics).Count() : 0;

    private void Clear() => console.Write(new ControlCode("\r\u001b[2K"));
}
