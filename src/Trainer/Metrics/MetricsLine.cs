using System.Text.Json.Serialization;

namespace LeNetServe.Trainer.Metrics;

/// <summary>A line of <c>metrics.jsonl</c>: one epoch.</summary>
internal sealed record MetricsLine : IEpoch
{
    /// <summary>Number of the epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Mean loss over the epoch's batches, in nats, as optimized: with augmentation and label smoothing.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Share of the epoch's images classified correctly at their step, 0..1.</summary>
    public required double TrainAccuracy { get; init; }

    /// <summary>Mean cross-entropy on the validation images; absent without a validation split.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationLoss { get; init; }

    /// <summary>Accuracy on the validation images, 0..1; absent without a validation split.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationAccuracy { get; init; }

    /// <summary>Learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Seconds of training, without evaluation.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training images per second.</summary>
    public required double ImagesPerSecond { get; init; }
}
