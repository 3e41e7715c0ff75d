namespace LeNetServe.Specs;

/// <summary>One named tensor of a layer: a row of a weights file (<c>layer.parameter</c>).</summary>
/// <param name="Name">The parameter's name inside its layer: <c>weight</c>, <c>bias</c>, <c>running_mean</c>, …</param>
/// <param name="Shape">The stored shape, as in torch: a convolution's weight is out×in×k×k, a dense layer's out×in.</param>
/// <param name="TrainableCount">
/// Number of values that training may change: fewer than <see cref="Count"/> if a connection table holds some at zero, 0 for running
/// statistics and constants.
/// </param>
public sealed record ParameterSpec(string Name, IReadOnlyList<int> Shape, int TrainableCount)
{
    /// <summary>A tensor whose every value is trained.</summary>
    public static ParameterSpec Trainable(string name, params int[] shape) => new(name, shape, Product(shape));

    /// <summary>A tensor that no gradient reaches: running statistics, constants.</summary>
    public static ParameterSpec Fixed(string name, params int[] shape) => new(name, shape, 0);

    /// <summary>Number of stored values.</summary>
    public int Count => Product(Shape);

    private static int Product(IReadOnlyList<int> shape) =>
        shape.Aggregate((Int128)1, (product, dimension) => product * dimension) is var product && product <= Array.MaxLength
            ? (int)product
            : throw new SpecException($"a tensor of {string.Join('×', shape)} has {product} values, expected at most {Array.MaxLength}");
}
