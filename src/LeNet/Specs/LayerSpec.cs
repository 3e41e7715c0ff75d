using System.Text.Json.Serialization;

namespace LeNetServe.Specs;

/// <summary>
/// One row of the architecture table. Three programs read it: the Trainer makes a torch module of it, the Exporter ONNX nodes, and
/// <c>describe</c> counts it. All of them support every record in the list below.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(ConvolutionSpec), "convolution")]
[JsonDerivedType(typeof(BatchNormSpec), "batch-norm")]
[JsonDerivedType(typeof(ActivationSpec), "activation")]
[JsonDerivedType(typeof(PoolingSpec), "pooling")]
[JsonDerivedType(typeof(SubsamplingSpec), "subsampling")]
[JsonDerivedType(typeof(DenseSpec), "dense")]
[JsonDerivedType(typeof(DropoutSpec), "dropout")]
[JsonDerivedType(typeof(RbfSpec), "rbf")]
[JsonDerivedType(typeof(SoftmaxSpec), "softmax")]
public abstract record LayerSpec
{
    /// <summary>Most maps or units of a layer; more is a slip of the keyboard, and products of two stay within 32 bits.</summary>
    private const int MaxSize = 1 << 14;

    /// <summary>
    /// A name unique in the network: LeCun's if he named the layer (C1, S2, C3, S4, C5, F6). Prefix of the layer's tensors and ONNX nodes.
    /// </summary>
    [JsonPropertyOrder(-1)]
    public required string Name { get; init; }

    /// <summary>The shape that leaves the layer when <paramref name="input"/> enters it.</summary>
    /// <exception cref="SpecException">The layer cannot take that input; the message names the layer.</exception>
    public abstract TensorShape OutputShape(TensorShape input);

    /// <summary>The layer's tensors, in the order in which they are stored.</summary>
    public virtual IReadOnlyList<ParameterSpec> Parameters(TensorShape input) => [];

    /// <summary>Connections as LeCun counts them: for every output value its inputs plus its bias, if any.</summary>
    public virtual long Connections(TensorShape input) => 0;

    /// <summary>Multiplications by a weight in one forward pass of one example.</summary>
    public virtual long MultiplyAdds(TensorShape input) => 0;

    /// <summary>The text that <c>describe</c> prints beside the name, such as <c>6 maps, 5×5</c>.</summary>
    [JsonIgnore]
    public abstract string Summary { get; }

    private protected TensorShape Reject(TensorShape input, string expected) =>
        throw new SpecException($"layer {Name} ({Summary}) cannot take {input}: {expected}");

    /// <summary>The shape that square windows over the padded input give. As in torch, the last window may leave pixels out.</summary>
    private protected TensorShape Windows(TensorShape input, int maps, int size, int stride, int padding, int largestPadding)
    {
        RequirePositive(stride, "stride");
        if (padding < 0 || padding > largestPadding)
            throw new SpecException($"layer {Name}: padding is {padding}, expected 0 to {largestPadding}");
        var height = input.Height + 2 * padding - size;
        var width = input.Width + 2 * padding - size;
        return height < 0 || width < 0
            ? Reject(input, $"expected at least {size - 2 * padding}×{size - 2 * padding} pixels")
            : new(maps, height / stride + 1, width / stride + 1);
    }

    private protected static string PaddingSummary(int padding) => padding == 0 ? "" : $", padding {padding}";

    private protected void RequirePositive(int value, string what)
    {
        if (value is < 1 or > MaxSize)
            throw new SpecException($"layer {Name}: {what} is {value}, expected 1 to {MaxSize}");
    }
}
