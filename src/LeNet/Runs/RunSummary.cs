using System.Text.Json.Serialization;

namespace LeNetServe.Runs;

/// <summary>A finished run's figures, <c>summary.json</c>; its presence says that training and testing are over.</summary>
public sealed record RunSummary
{
    /// <summary>The run's id.</summary>
    public required string Run { get; init; }

    /// <summary>Share of the test images that were classified correctly, 0..1, measured once, at the end.</summary>
    public required double TestAccuracy { get; init; }

    /// <summary>Mean cross-entropy on the test images, in nats.</summary>
    public required double TestLoss { get; init; }

    /// <summary>Expected calibration error on the test images, 15 bins; null for runs of an older program.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TestCalibrationError { get; init; }

    /// <summary>Brier's score on the test images; null for runs of an older program.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TestBrier { get; init; }

    /// <summary>Temperature of the calibration; null without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Temperature { get; init; }

    /// <summary>Number of test images.</summary>
    public required int TestImages { get; init; }

    /// <summary>Accuracy of the kept weights on the validation images, 0..1; null without a validation split.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationAccuracy { get; init; }

    /// <summary>Test accuracy of the mean of the answers to the image and its mirror image, 0..1; null if not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TestAccuracyFlipped { get; init; }

    /// <summary>Epochs trained.</summary>
    public required int Epochs { get; init; }

    /// <summary>Seconds of training, all sessions of the run together.</summary>
    public required double Seconds { get; init; }

    /// <summary>Median training speed over the epochs, in images per second.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Trainable parameters.</summary>
    public required int Parameters { get; init; }
}
