namespace LeNetServe.Specs;

/// <summary>Turns the logits that enter it into probabilities. Always the last layer; the Trainer's loss works on its input.</summary>
public sealed record SoftmaxSpec : LayerSpec
{
    /// <inheritdoc/>
    public override string Summary => "probabilities";

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input) => input.IsVector ? input : Reject(input, "expected a vector");
}
