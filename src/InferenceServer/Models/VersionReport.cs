namespace LeNetServe.InferenceServer.Models;

/// <summary>A line of the repository's index.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version; 0 where the model as a whole is meant.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Reason">Why it is not ready, or what went wrong with a newer file of it; empty otherwise.</param>
internal sealed record VersionReport(string Model, long Version, VersionState State, string Reason);
