using LeNetServe.Trainer.Metrics;

namespace LeNetServe.Trainer.Progress;

/// <summary>Shows how training goes: a live line on a terminal, plain lines elsewhere.</summary>
internal interface ITrainingDisplay : IDisposable
{
    /// <summary>A step is done.</summary>
    /// <param name="progress">Where training is.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    /// <param name="batchSize">Images of a step.</param>
    void Step(TrainingProgress progress, int stepsPerEpoch, int batchSize);

    /// <summary>An epoch is done.</summary>
    /// <param name="line">Its figures.</param>
    /// <param name="epochs">Epochs of the whole run.</param>
    void Epoch(MetricsLine line, int epochs);
}
