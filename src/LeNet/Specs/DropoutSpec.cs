namespace LeNetServe.Specs;

/// <summary>Sets a random share of the values to zero while training; absent from the exported graph.</summary>
public sealed record DropoutSpec : LayerSpec
{
    /// <summary>Share of the values set to zero, 0 ≤ rate &lt; 1.</summary>
    public required double Rate { get; init; }

    /// <inheritdoc/>
    public override string Summary => $"{Rate}";

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input) =>
        Rate is >= 0 and < 1 ? input : throw new SpecException($"layer {Name}: rate is {Rate}, expected 0 ≤ rate < 1");
}
