namespace LeNetServe.InferenceServer.Models;

/// <summary>A line of the repository's index.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version; 0 if the model as a whole is meant.</param>
/// <param name="State">The state of the version.</param>
/// <param name="Reason">The reason why the version is not ready, or why a newer file of it failed; empty otherwise.</param>
internal sealed record VersionReport(string Model, long Version, VersionState State, string Reason);
