namespace LeNetServe.Exporter.Inspect;

/// <summary>A node of a graph: a row of the table.</summary>
/// <param name="Name">Its name, or its first output's name if it has none.</param>
/// <param name="Operator">The operator, with its domain unless that is the standard's.</param>
/// <param name="Output">Type and shape of its first output; null if neither the file nor ONNX Runtime gives them.</param>
/// <param name="Parameters">Values of the constants that no earlier node uses.</param>
/// <param name="Bytes">Their size.</param>
internal sealed record NodeInfo(string Name, string Operator, string? Output, long Parameters, long Bytes);
