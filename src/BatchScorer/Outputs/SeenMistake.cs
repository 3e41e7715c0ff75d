using LeNetServe.Runtime.Explaining;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>A mistake with its image as the model saw it.</summary>
/// <param name="Mistake">The mistake.</param>
/// <param name="Pixels">The model's input, C×H×W; null if the image cannot be read any more.</param>
/// <param name="Heat">
/// The parts that spoke for the wrong answer, H×W: 127 and 128 are near zero. Null without pixels, if others
/// scored the image, and after the first mistakes of a page.
/// </param>
/// <param name="Method">The way that found them.</param>
internal sealed record SeenMistake(Mistake Mistake, byte[]? Pixels, byte[]? Heat, AttributionMethod? Method);
