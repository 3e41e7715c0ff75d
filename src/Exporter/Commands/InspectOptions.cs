namespace LeNetServe.Exporter.Commands;

/// <summary>Options of <c>inspect</c>.</summary>
/// <param name="Model">The model's path.</param>
/// <param name="Json">Print everything as JSON.</param>
internal sealed record InspectOptions(string Model, bool Json);
