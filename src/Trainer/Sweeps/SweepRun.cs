using LeNetServe.Runs;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>One run of a sweep.</summary>
/// <param name="Config">Its config.</param>
/// <param name="Directory">Where it goes.</param>
internal sealed record SweepRun(TrainingConfig Config, RunDirectory Directory)
{
    /// <summary>It has its final figures.</summary>
    public bool IsFinished => File.Exists(Directory.Summary);
}
