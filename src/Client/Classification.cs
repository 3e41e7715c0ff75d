namespace LeNetServe.Client;

/// <summary>The answer for one image.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Predictions">Best first; equal probabilities in the order of the classes.</param>
public sealed record Classification(string Model, long Version, IReadOnlyList<Prediction> Predictions)
{
    /// <summary>The best prediction.</summary>
    public Prediction Best => Predictions[0];
}
