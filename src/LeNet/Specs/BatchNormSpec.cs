namespace LeNetServe.Specs;

/// <summary>
/// Batch normalization per map, directly after a convolution or a dense layer: y = weight·(x − mean)/√(variance + ε) + bias. At export
/// it folds into that layer, so that it costs nothing to serve.
/// </summary>
public record BatchNormSpec : LayerSpec
{
    /// <summary>ε, added to the variance.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Weight of the newest batch in the running statistics.</summary>
    public double Momentum { get; init; } = 0.1;

    /// <inheritdoc/>
    public override string Summary => "per map";

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input) => input;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters(TensorShape input) =>
    [
        ParameterSpec.Trainable("weight", input.Channels),
        ParameterSpec.Trainable("bias", input.Channels),
        ParameterSpec.Fixed("running_mean", input.Channels),
        ParameterSpec.Fixed("running_var", input.Channels),
    ];

    /// <inheritdoc/>
    public override long Connections(TensorShape input) => 2L * input.Count;

    /// <inheritdoc/>
    public override long MultiplyAdds(TensorShape input) => input.Count;
}
