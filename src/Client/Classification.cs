namespace LeNetServe.Client;

/// <summary>The answer for one image.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Predictions">Best first. Equal probabilities keep the order of the classes.</param>
public sealed record Classification(string Model, long Version, IReadOnlyList<Prediction> Predictions)
{
    /// <summary>Gets the best prediction.</summary>
    public Prediction Best => Predictions[0];
}
