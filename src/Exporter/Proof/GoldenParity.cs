using LeNetServe.Exporter.Onnx;
using LeNetServe.Models;

namespace LeNetServe.Exporter.Proof;

/// <summary>How a written model's answers compare with torch's on the golden tensors.</summary>
internal sealed record GoldenParity
{
    /// <summary>Images compared.</summary>
    public required int Images { get; init; }

    /// <summary>Images with the same best class.</summary>
    public required int SameArgmax { get; init; }

    /// <summary>Largest difference of a probability.</summary>
    public required double MaxDifference { get; init; }

    /// <summary>Mean difference of the probabilities.</summary>
    public required double MeanDifference { get; init; }

    /// <summary>Largest difference of a logit; null where the model does not give logits.</summary>
    public double? MaxLogitDifference { get; init; }

    /// <summary>Largest difference of a probability that passes.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Every image has the same best class, and no probability differs by more than the tolerance.</summary>
    public bool Passed => SameArgmax == Images && MaxDifference <= Tolerance;

    /// <summary>Runs the model on the golden tensors.</summary>
    public static GoldenParity Measure(ModelUnderTest model, GoldenTensors golden, double tolerance, CancellationToken cancellation)
    {
        var outputs = model.Run(golden.Pixels, cancellation);
        var probabilities = ModelUnderTest.Probabilities(outputs, golden.Count);
        var comparison = Comparison.Of<float>(golden.Probabilities, probabilities);
        return new()
        {
            Images = golden.Count,
            SameArgmax = Enumerable.Range(0, golden.Count).Count(image => Best(golden.Probabilities, image) == Best(probabilities, image)),
            MaxDifference = comparison.MaxDifference,
            MeanDifference = comparison.MeanDifference,
            MaxLogitDifference = outputs.TryGetValue(TensorNames.Logits, out var logits) ? Comparison.Of<float>(golden.Logits, logits).MaxDifference : null,
            Tolerance = tolerance,
        };

        int Best(float[] values, int image) => Comparison.ArgMax(values.AsSpan(image * golden.Classes, golden.Classes));
    }

    /// <summary>One line for people.</summary>
    public override string ToString() =>
        $"{SameArgmax} of {Images} golden images with torch's best class, largest difference of a probability {MaxDifference:0.0e0} (tolerance {Tolerance:0.0e0})";
}
