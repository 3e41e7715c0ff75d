namespace LeNetServe.InferenceServer.Models;

/// <summary>The repository's knowledge of a version, or of a model's folder.</summary>
/// <param name="State">The state in the index.</param>
/// <param name="Reason">The reason why it is not ready, or why its newer files are not served.</param>
/// <param name="Fingerprint">The files that were tried last; empty: they are tried again.</param>
/// <param name="Failed">The files were tried and could not be served.</param>
internal sealed record VersionRecord(VersionState State, string Reason, string Fingerprint, bool Failed = false);
