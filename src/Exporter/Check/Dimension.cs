using LeNetServe.Exporter.Onnx;

namespace LeNetServe.Exporter.Check;

/// <summary>One dimension of a tensor: a size, a name (the open batch), or unknown.</summary>
/// <param name="Size">The size; −1 where it is open.</param>
/// <param name="Name">The name of an open dimension; null where it has none.</param>
internal readonly record struct Dimension(long Size, string? Name)
{
    /// <summary>A dimension of that size.</summary>
    public static implicit operator Dimension(long size) => new(size, null);

    /// <summary>Whether the size is known.</summary>
    public bool IsKnown => Size >= 0;

    /// <summary>As the file declares it.</summary>
    public static Dimension From(TensorShapeProto.Types.Dimension dimension) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => dimension.DimValue,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => new Dimension(-1, dimension.DimParam),
        _ => new Dimension(-1, null),
    };

    /// <inheritdoc/>
    public override string ToString() => IsKnown ? $"{Size}" : Name ?? "?";
}
