namespace LeNetServe.Specs;

/// <summary>
/// The paper's output layer: Euclidean radial basis functions with fixed centers, y_i = Σ_j (x_j − w_ij)² (LeCun et al. 1998, section
/// II-B). This layer gives −y_i, so that the largest output is the answer. A softmax after it gives the probabilities of the paper's MAP
/// criterion (equation 9).
/// </summary>
public sealed record RbfSpec : LayerSpec
{
    /// <summary>A row per class, each with as many values (−1 or +1) as the layer has inputs: the 7×12 bitmaps of the characters.</summary>
    public required IReadOnlyList<IReadOnlyList<sbyte>> Centers { get; init; }

    /// <inheritdoc/>
    public override string Summary => $"{Centers.Count} RBF units, fixed ±1 centers";

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        for (var row = 0; row < Centers.Count; row++)
            if (Centers[row]?.Count != input.Count || Centers[row].Any(value => value is not (-1 or 1)))
                return Reject(input, $"center {row} has {Centers[row]?.Count ?? 0} values, expected {input.Count}, each −1 or +1");
        return TensorShape.Vector(Centers.Count);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters(TensorShape input) =>
        [ParameterSpec.Fixed("weight", Centers.Count, input.Count)];

    /// <inheritdoc/>
    public override long Connections(TensorShape input) => (long)Centers.Count * input.Count;

    /// <inheritdoc/>
    public override long MultiplyAdds(TensorShape input) => (long)Centers.Count * input.Count;
}
