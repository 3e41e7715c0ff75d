namespace LeNetServe.Specs;

/// <summary>A user's own variant: the layer records alone. Input shape and classes come from the data set.</summary>
public sealed record VariantFile
{
    /// <summary>The layers in the order in which they are applied; the last is a softmax.</summary>
    public required IReadOnlyList<LayerSpec> Layers { get; init; }
}
