using LeNetServe.Runs;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>One run of a sweep.</summary>
/// <param name="Config">The run's config.</param>
/// <param name="Directory">The run's directory.</param>
internal sealed record PlannedRun(TrainingConfig Config, RunDirectory Directory)
{
    public bool IsFinished => Directory.IsFinished;
}
