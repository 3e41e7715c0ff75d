namespace LeNetServe.Specs;

/// <summary>A layer with the shapes that enter and leave it: a row of <see cref="LeNetSpec.Trace"/>.</summary>
public sealed record LayerShape(LayerSpec Layer, TensorShape Input, TensorShape Output)
{
    /// <summary>The layer's tensors.</summary>
    public IReadOnlyList<ParameterSpec> Parameters => Layer.Parameters(Input);

    /// <summary>Number of values that training changes.</summary>
    public int TrainableParameters => Parameters.Sum(parameter => parameter.TrainableCount);

    /// <summary>Connections as LeCun counts them.</summary>
    public long Connections => Layer.Connections(Input);

    /// <summary>Multiplications by a weight in one forward pass of one example.</summary>
    public long MultiplyAdds => Layer.MultiplyAdds(Input);
}
