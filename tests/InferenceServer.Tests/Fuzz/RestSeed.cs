namespace LeNetServe.InferenceServer.Tests.Fuzz;

/// <summary>A sound REST request.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Path and query, with the slash.</param>
/// <param name="ContentType">Content type of the body; null without a body.</param>
/// <param name="Body">The body.</param>
/// <param name="Header">One header more.</param>
internal sealed record RestSeed(string Method, string Path, string? ContentType, byte[] Body, (string Name, string Value)? Header = null);
