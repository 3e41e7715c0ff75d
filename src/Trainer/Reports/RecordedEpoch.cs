namespace LeNetServe.Trainer.Reports;

/// <summary>A line of <c>metrics.jsonl</c> as reports read it. A key that an older or newer program did not write is null.</summary>
internal sealed record RecordedEpoch
{
    /// <summary>Number of the epoch, from 1.</summary>
    public int Epoch { get; init; }

    /// <summary>Mean loss over the epoch's batches, in nats.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Share of the training images classified correctly, 0..1.</summary>
    public double? TrainAccuracy { get; init; }

    /// <summary>Mean cross-entropy on the validation images, in nats.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Share of the validation images classified correctly, 0..1.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Learning rate of the epoch's last step.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Seconds of training in this epoch.</summary>
    public double? Seconds { get; init; }

    /// <summary>Training images per second.</summary>
    public double? ImagesPerSecond { get; init; }
}
