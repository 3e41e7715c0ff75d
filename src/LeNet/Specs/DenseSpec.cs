using System.Text.Json.Serialization;

namespace LeNetServe.Specs;

/// <summary>A fully connected layer; a C×H×W input is read as a vector in that order.</summary>
public record DenseSpec : LayerSpec
{
    /// <summary>Number of outputs. A variant file may leave it out of the last layer; it is the number of classes then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Units { get; init; }

    /// <summary>Off before a batch norm.</summary>
    public bool Bias { get; init; } = true;

    /// <inheritdoc/>
    public override string Summary => Units is { } units ? $"{units} units" : "a unit per class";

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        var units = Units ?? throw new SpecException($"layer {Name}: units is missing, expected the number of outputs");
        RequirePositive(units, "units");
        return TensorShape.Vector(units);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters(TensorShape input)
    {
        var units = OutputShape(input).Channels;
        var weight = ParameterSpec.Trainable("weight", units, input.Count);
        return Bias ? [weight, ParameterSpec.Trainable("bias", units)] : [weight];
    }

    /// <inheritdoc/>
    public override long Connections(TensorShape input) => OutputShape(input).Channels * (input.Count + (Bias ? 1L : 0L));

    /// <inheritdoc/>
    public override long MultiplyAdds(TensorShape input) => OutputShape(input).Channels * (long)input.Count;
}
