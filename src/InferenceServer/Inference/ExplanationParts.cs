using LeNetServe.Runtime.Explaining;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>The parts of an explanation that a caller wants.</summary>
/// <param name="Layers">Names of tensors; empty for all layers.</param>
/// <param name="Method">The method of the attribution; null for none.</param>
/// <param name="Target">The class to attribute; null for the best.</param>
internal sealed record ExplanationParts(IReadOnlyList<string> Layers, AttributionMethod? Method, int? Target);
