namespace LeNetServe.Specs;

/// <summary>An element-wise squashing function.</summary>
public record ActivationSpec : LayerSpec
{
    /// <summary>Amplitude A of the paper's f(a) = A·tanh(S·a).</summary>
    public const double ScaledTanhAmplitude = 1.7159;

    /// <summary>Slope S of the paper's f(a) = A·tanh(S·a).</summary>
    public const double ScaledTanhSlope = 2.0 / 3.0;

    /// <summary>The function applied to each value.</summary>
    public required ActivationFunction Function { get; init; }

    /// <inheritdoc/>
    public override string Summary => Function switch
    {
        ActivationFunction.Relu => "ReLU",
        ActivationFunction.Tanh => "tanh",
        ActivationFunction.ScaledTanh => "1.7159·tanh(2a/3)",
        ActivationFunction.Silu => "SiLU",
        _ => throw new SpecException($"layer {Name}: unknown function {Function}"),
    };

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input) => input;
}
