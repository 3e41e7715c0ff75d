namespace LeNetServe.Exporter.Inspect;

/// <summary>A node of a graph: a row of the table.</summary>
/// <param name="Name">Its name; its first output's name where it has none.</param>
/// <param name="Operator">The operator, with its domain where that is not the standard's.</param>
/// <param name="Output">Type and shape of its first output; null where neither the file nor the rules say.</param>
/// <param name="Parameters">Values of the constants that it is the first to use.</param>
/// <param name="Bytes">Their size.</param>
internal sealed record NodeInfo(string Name, string Operator, string? Output, long Parameters, long Bytes);
