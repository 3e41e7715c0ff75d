using LeNetServe.Exporter.Onnx;
using LeNetServe.Models;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.Exporter.Proof;

/// <summary>The distance of a written model's answers from torch's on the golden tensors.</summary>
internal sealed record GoldenParity
{
    /// <summary>Gets the number of images compared.</summary>
    public required int Images { get; init; }

    /// <summary>Gets the number of images with torch's best class.</summary>
    public required int SameArgmax { get; init; }

    /// <summary>Gets the largest difference of a probability.</summary>
    public required double MaxDifference { get; init; }

    /// <summary>Gets the mean difference of the probabilities.</summary>
    public required double MeanDifference { get; init; }

    /// <summary>Gets the largest difference of a logit; null if the model has no output for logits.</summary>
    public double? MaxLogitDifference { get; init; }

    /// <summary>Gets the largest difference of a probability that passes.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Gets whether every image has torch's best class and no probability differs by more than the tolerance.</summary>
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
            MaxLogitDifference = outputs.TryGetValue(TensorNames.Logits, out var logits)
                ? Comparison.Of<float>(golden.Logits, logits).MaxDifference
                : null,
            Tolerance = tolerance,
        };

        int Best(float[] values, int image) => TopK.ArgMax(values.AsSpan(image * golden.Classes, golden.Classes));
    }

    /// <summary>Returns a line for people.</summary>
    public override string ToString() => GoldenVerdict.Describe(Images, SameArgmax, MaxDifference, Tolerance);
}
