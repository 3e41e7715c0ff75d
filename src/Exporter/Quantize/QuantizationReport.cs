using System.Text;
using System.Text.Json.Serialization;
using LeNetServe.Models;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Quantize;

/// <summary>The figures of the float model and of the int8 model on the same test images.</summary>
internal sealed record QuantizationReport
{
    /// <summary>Gets the new model's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the SHA-256 of the float file.</summary>
    public required string FloatSha256 { get; init; }

    /// <summary>Gets the SHA-256 of the int8 file.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets the data set that calibrated and tested.</summary>
    public required string Dataset { get; init; }

    /// <summary>Gets the method that took the ranges.</summary>
    public required string Calibration { get; init; }

    public required int TestImages { get; init; }

    /// <summary>Gets the accuracy of the float file, 0..1.</summary>
    public required double FloatAccuracy { get; init; }

    /// <summary>Gets the accuracy of the int8 file, 0..1.</summary>
    public required double Accuracy { get; init; }

    public required long FloatBytes { get; init; }

    /// <summary>Gets the bytes of the int8 file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Gets the largest accuracy loss, in percentage points, that is published.</summary>
    public required double MaxLoss { get; init; }

    /// <summary>
    /// Largest difference of a probability from torch's that is published. LeNet-5's int8 forms stay below 0.1 (2e-3 on MNIST, 9e-2 on
    /// CIFAR-10). With a quarter, an answer of which torch was sure (three in four) stays the likeliest.
    /// </summary>
    public const double LargestDifference = 0.25;

    /// <summary>Gets the number of golden images compared.</summary>
    public required int GoldenImages { get; init; }

    /// <summary>Gets the number of golden images with torch's best class.</summary>
    public required int SameArgmax { get; init; }

    /// <summary>Gets the largest difference of a probability from torch's on the golden images.</summary>
    public required double MaxDifference { get; init; }

    /// <summary>Gets the median microseconds of one image, float file, one thread.</summary>
    public double? FloatMicroseconds { get; init; }

    /// <summary>Gets the median microseconds of one image, int8 file, one thread.</summary>
    public double? Microseconds { get; init; }

    /// <summary>Gets the percentage points of accuracy lost; negative if the int8 file is better.</summary>
    public double Loss => (FloatAccuracy - Accuracy) * 100;

    /// <summary>Gets whether the model may be published.</summary>
    public bool Passed => Failure is null;

    /// <summary>Gets the reason not to publish: what was found and what was expected. Null if the model may be published.</summary>
    [JsonIgnore]
    public string? Failure =>
        !(Loss <= MaxLoss + 1e-9)
            ? $"{Loss:0.00} points of accuracy lost ({FloatAccuracy:P2} to {Accuracy:P2}), expected {MaxLoss:0.00} at most"
        : !GoldenCheck.Agrees(GoldenImages, GoldenImages - SameArgmax, WeightPrecision.Quantized)
            ? $"{SameArgmax} of {GoldenImages} golden images with torch's best class, expected {GoldenCheck.LossyAgreement:P0} at least"
        : !(MaxDifference <= LargestDifference)
            ? $"a probability is {MaxDifference:0.00} from torch's on the golden images, expected {LargestDifference} at most"
        : null;

    /// <summary>Returns the figures for people.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine($"# {Name}: int8, {(Passed ? "proved" : "refused")}").AppendLine()
            .AppendLine($"Static QDQ, weights per output map; calibrated on {Dataset}: {Calibration}.").AppendLine()
            .AppendLine("| | float32 | int8 |").AppendLine("|---|---|---|")
            .AppendLine($"| accuracy on {TestImages:N0} test images | {FloatAccuracy:P2} | {Accuracy:P2} |")
            .AppendLine($"| bytes | {FloatBytes:N0} | {Bytes:N0} ({(double)Bytes / FloatBytes:P0}) |");
        if (FloatMicroseconds is { } before && Microseconds is { } after)
            text.AppendLine($"| one image, one thread, median | {before:0.0} µs | {after:0.0} µs |");
        text.AppendLine($"| SHA-256 | `{FloatSha256}` | `{Sha256}` |").AppendLine()
            .AppendLine($"{Loss:0.00} points lost (at most {MaxLoss:0.00} are published); {SameArgmax} of {GoldenImages} golden images "
                + $"with torch's best class, largest difference of a probability from torch's there {MaxDifference:0.0e0}.");
        return text.ToString();
    }
}
