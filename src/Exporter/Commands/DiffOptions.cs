namespace LeNetServe.Exporter.Commands;

/// <summary>Options of <c>diff</c>.</summary>
/// <param name="Left">The first model's path.</param>
/// <param name="Right">The second model's path.</param>
/// <param name="Json">Print the differences as JSON.</param>
internal sealed record DiffOptions(string Left, string Right, bool Json);
