namespace LeNetServe.Exporter.Tests.Interoperability;

/// <summary>A model to hand to other tools.</summary>
/// <param name="Model">The variant, or the shipped version's path and the first 12 digits of its SHA-256.</param>
/// <param name="Options">How it was exported.</param>
/// <param name="Directory">Where its files are.</param>
/// <param name="Tolerance">Largest difference of a probability from the golden tensors.</param>
internal sealed record ModelCase(string Model, string Options, string Directory, double Tolerance);
