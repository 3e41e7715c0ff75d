namespace LeNetServe.Exporter.Onnx;

/// <summary>Names of the graph's inputs and outputs.</summary>
internal static class TensorNames
{
    /// <summary>The input: raw pixels 0..255.</summary>
    public const string Pixels = "pixels";

    /// <summary>The output after the softmax, N×classes.</summary>
    public const string Probabilities = "probabilities";

    /// <summary>The output before the softmax, N×classes.</summary>
    public const string Logits = "logits";

    /// <summary>The output with the gradient of the largest logit by the pixels, in the shape of the input.</summary>
    public const string Gradient = "gradient";

    /// <summary>The logits after their division by the temperature, in a file whose last layer could not take it.</summary>
    public const string Calibrated = "logits.calibrated";

    /// <summary>The factor of <see cref="Calibrated"/>.</summary>
    public const string LogitFactor = "logits.factor";

    /// <summary>The output with the strangeness of each image, N×1.</summary>
    public const string Novelty = "novelty";

    /// <summary>Name of an open batch dimension.</summary>
    public const string Batch = "batch";
}
