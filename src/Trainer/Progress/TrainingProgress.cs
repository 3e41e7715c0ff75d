namespace LeNetServe.Trainer.Progress;

/// <summary>The position of a run, <c>checkpoint/progress.json</c>; <see cref="State"/> names the file of the tensors.</summary>
internal sealed record TrainingProgress
{
    /// <summary>File beside this one with weights, averages and the optimizer's state at this point.</summary>
    public string State { get; init; } = "";

    /// <summary>Epochs finished.</summary>
    public int Epoch { get; init; }

    /// <summary>Finished steps of the next epoch.</summary>
    public int Step { get; init; }

    /// <summary>Sum of the losses of the images of these steps.</summary>
    public double LossSum { get; init; }

    /// <summary>Number of the images of these steps that were classified correctly.</summary>
    public long Correct { get; init; }

    /// <summary>Seconds spent on these steps.</summary>
    public double EpochSeconds { get; init; }

    /// <summary>Seconds of training in all sessions.</summary>
    public double Seconds { get; init; }

    /// <summary>Validation accuracy of the kept epoch, 0..1.</summary>
    public double BestAccuracy { get; init; } = -1;

    /// <summary>Validation loss at that epoch.</summary>
    public double BestLoss { get; init; }

    /// <summary>
    /// The epoch whose weights are kept: the last one if the config says so, or else, of the epochs with the best accuracy, the one with
    /// the smallest loss.
    /// </summary>
    public int BestEpoch { get; init; }

    /// <summary>The first epoch that had the best accuracy.</summary>
    public int GainEpoch { get; init; }

    /// <summary>Gets whether training is over: all epochs are done, or it stopped early.</summary>
    public bool Finished { get; init; }
}
