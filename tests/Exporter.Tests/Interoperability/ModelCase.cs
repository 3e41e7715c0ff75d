namespace LeNetServe.Exporter.Tests.Interoperability;

/// <summary>A model for other tools.</summary>
/// <param name="Model">The variant, or the shipped version's path and the first 12 digits of its SHA-256.</param>
/// <param name="Options">Options of its export.</param>
/// <param name="Directory">Directory of its files.</param>
/// <param name="Tolerance">Largest difference of a probability from the golden tensors.</param>
internal sealed record ModelCase(string Model, string Options, string Directory, double Tolerance);
