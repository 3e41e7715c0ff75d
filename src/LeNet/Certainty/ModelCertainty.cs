using System.Text.Json.Serialization;

namespace LeNetServe.Certainty;

/// <summary>
/// A model's calibration, fitted on training images that the network did not train on. The trainer writes it into <c>model.json</c>, the
/// export copies it into the manifest. A model without it is not calibrated.
/// </summary>
public sealed record ModelCertainty
{
    /// <summary>The number of held-out images behind every value of this record.</summary>
    public required int Images { get; init; }

    /// <summary>The number by which the network's logits are divided. The exported file has the division in its weights.</summary>
    public required double Temperature { get; init; }

    /// <summary>The expected calibration error on the held-out images before the division.</summary>
    public required double ErrorBefore { get; init; }

    /// <summary>The expected calibration error on the held-out images after the division.</summary>
    public required double ErrorAfter { get; init; }

    /// <summary>The mean cross-entropy on the held-out images before the division, in nats.</summary>
    public required double LossBefore { get; init; }

    /// <summary>The mean cross-entropy on the held-out images after the division, in nats.</summary>
    public required double LossAfter { get; init; }

    /// <summary>The thresholds of sets of labels, by rising coverage.</summary>
    public IReadOnlyList<CoverageThreshold> Coverage { get; init; } = [];

    /// <summary>The rule for strange images. Null in a manifest if the file has no output for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NoveltyRule? Novelty { get; init; }

    /// <summary>The answers to the held-out images, for a server that compares its own with them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AnswerReference? Answers { get; init; }

    /// <summary>Gets the record of a file without the output for novelty.</summary>
    public ModelCertainty WithoutNovelty() => this with
    {
        Novelty = null,
        Answers = Answers is { } answers ? answers with { Novelty = null } : null,
    };
}
