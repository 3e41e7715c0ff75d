namespace LeNetServe.Exporter.Onnx;

/// <summary>Element type and shape of a tensor in a graph.</summary>
internal sealed record ValueType(TensorProto.Types.DataType Element, IReadOnlyList<Dimension> Shape)
{
    /// <summary>Gets the number of dimensions.</summary>
    public int Rank => Shape.Count;

    /// <summary>Gets whether a graph declares element type and shape of an input, an output or a value.</summary>
    public static bool IsDeclared(ValueInfoProto value) => value.Type?.TensorType is { HasElemType: true, Shape: not null };

    /// <summary>Reads the type that a graph declares.</summary>
    /// <exception cref="InvalidDataException">The declaration lacks the element type or the shape.</exception>
    public static ValueType From(ValueInfoProto value) => value.Type?.TensorType is { HasElemType: true, Shape: { } shape } type
        ? new((TensorProto.Types.DataType)type.ElemType, [.. shape.Dim.Select(Dimension.From)])
        : throw new InvalidDataException($"\"{value.Name}\" is declared without element type or shape, expected a tensor with both");

    /// <summary>
    /// Returns whether an inferred type has nothing against this declared one. An unknown dimension matches every dimension.
    /// </summary>
    public bool Admits(ValueType inferred) => Element == inferred.Element && Rank == inferred.Rank
        && Shape.Zip(inferred.Shape).All(pair => pair.First == pair.Second || pair.Second == new Dimension(-1, null));

    /// <inheritdoc/>
    public override string ToString() => $"{TensorData.NameOf((int)Element)} {(Rank == 0 ? "scalar" : string.Join('×', Shape))}";
}
