namespace LeNetServe.Client;

/// <summary>The answer for one image.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Predictions">Best first. Equal probabilities keep the order of the classes.</param>
public sealed record Classification(string Model, long Version, IReadOnlyList<Prediction> Predictions)
{
    /// <summary>Gets how strange the image is: the more, the stranger. Null if the model has no output for it.</summary>
    public float? Novelty { get; init; }

    /// <summary>Gets whether the image is like those that the model was trained on; null if the model cannot tell.</summary>
    public bool? IsKnown { get; init; }

    /// <summary>
    /// Gets the smallest set of labels that holds the right one at <see cref="ClassifyOptions.Coverage"/>, best first. It can be empty.
    /// </summary>
    public IReadOnlyList<string> LabelSet { get; init; } = [];

    /// <summary>Gets the best prediction.</summary>
    public Prediction Best => Predictions[0];
}
