using System.Globalization;

namespace LeNetServe.Exporter.Onnx;

/// <summary>A dimension of a tensor: a size, a name (the open batch), or unknown.</summary>
/// <param name="Size">The size; −1 if the dimension is open.</param>
/// <param name="Name">The name of an open dimension; null if the dimension has none.</param>
internal readonly record struct Dimension(long Size, string? Name)
{
    /// <summary>A dimension of that size.</summary>
    public static implicit operator Dimension(long size) => new(size, null);

    /// <summary>Gets whether the size is known.</summary>
    public bool IsKnown => Size >= 0;

    /// <summary>Reads a size, a name, or an empty text for an unknown dimension.</summary>
    public static Dimension Parse(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
        ? size
        : new Dimension(-1, text == "" ? null : text);

    /// <summary>Reads a dimension as the file declares it.</summary>
    public static Dimension From(TensorShapeProto.Types.Dimension dimension) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => dimension.DimValue,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => new Dimension(-1, dimension.DimParam),
        _ => new Dimension(-1, null),
    };

    /// <inheritdoc/>
    public override string ToString() => IsKnown ? $"{Size}" : Name ?? "?";
}
