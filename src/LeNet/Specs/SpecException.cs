namespace LeNetServe.Specs;

/// <summary>An architecture that cannot be built. The message names the layer, what was found and what was expected.</summary>
public sealed class SpecException(string message) : Exception(message);
