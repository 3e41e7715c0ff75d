namespace LeNetServe.Exporter.Inspect;

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type, such as <c>float32</c>.</param>
/// <param name="Shape">Sizes and names of the dimensions; <c>?</c> for a dimension without both.</param>
internal sealed record TensorInfo(string Name, string Type, IReadOnlyList<string> Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type} {string.Join('×', Shape)}";
}
