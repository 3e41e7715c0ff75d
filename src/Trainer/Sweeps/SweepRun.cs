using LeNetServe.Runs;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>One run of a sweep.</summary>
/// <param name="Config">Its config.</param>
/// <param name="Directory">Where it goes.</param>
internal sealed record SweepRun(TrainingConfig Config, RunDirectory Directory)
{
    /// <summary>Nothing is left to do.</summary>
    public bool IsFinished => Directory.IsFinished;
}
