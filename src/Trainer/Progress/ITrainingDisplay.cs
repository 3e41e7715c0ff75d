using LeNetServe.Trainer.Metrics;

namespace LeNetServe.Trainer.Progress;

/// <summary>Shows the progress of training: a live line on a terminal, plain lines elsewhere.</summary>
internal interface ITrainingDisplay : IDisposable
{
    /// <summary>Shows that an interrupted run goes on.</summary>
    /// <param name="progress">The position in the run.</param>
    /// <param name="epochs">Epochs of the whole run.</param>
    void Resume(TrainingProgress progress, int epochs);

    /// <summary>Shows that a step is done.</summary>
    /// <param name="progress">The position in the run.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    /// <param name="batchSize">Images of a step.</param>
    void Step(TrainingProgress progress, int stepsPerEpoch, int batchSize);

    /// <summary>Shows that an epoch is done.</summary>
    /// <param name="line">Its figures.</param>
    /// <param name="epochs">Epochs of the whole run.</param>
    void Epoch(MetricsLine line, int epochs);

    /// <summary>Shows the work that follows the last epoch and takes some seconds.</summary>
    void Ending(string work);
}
