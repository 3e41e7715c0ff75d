using LeNetServe.Exporter.Onnx;

namespace LeNetServe.Exporter.Check;

/// <summary>Element type and shape of a tensor in a graph.</summary>
internal sealed record ValueType(TensorProto.Types.DataType Element, IReadOnlyList<Dimension> Shape)
{
    /// <summary>Number of dimensions.</summary>
    public int Rank => Shape.Count;

    /// <summary>As a graph declares an input, an output or a value.</summary>
    /// <exception cref="InvalidDataException">The declaration is no tensor with a shape.</exception>
    public static ValueType From(ValueInfoProto value) => value.Type?.TensorType is { HasElemType: true, Shape: { } shape } type
        ? new((TensorProto.Types.DataType)type.ElemType, [.. shape.Dim.Select(Dimension.From)])
        : throw new InvalidDataException($"\"{value.Name}\" is declared without element type or shape, expected a tensor with both");

    /// <summary>Whether both are the same type and shape.</summary>
    public bool Matches(ValueType other) => Element == other.Element && Shape.SequenceEqual(other.Shape);

    /// <inheritdoc/>
    public override string ToString() => $"{TensorData.NameOf((int)Element)} {(Rank == 0 ? "scalar" : string.Join('×', Shape))}";
}
