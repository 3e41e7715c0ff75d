namespace LeNetServe.Specs;

/// <summary>An architecture that cannot be built. The message names the layer, the fault and the expectation.</summary>
public sealed class SpecException(string message) : Exception(message);
