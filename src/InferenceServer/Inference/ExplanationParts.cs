namespace LeNetServe.InferenceServer.Inference;

/// <summary>The parts of an explanation that a caller wants.</summary>
/// <param name="Layers">Names of tensors; empty for all layers of the manifest.</param>
/// <param name="Occlusion">Whether to cover parts of the image.</param>
/// <param name="Target">The class to attribute; null for the best.</param>
internal sealed record ExplanationParts(IReadOnlyList<string> Layers, bool Occlusion, int? Target);
