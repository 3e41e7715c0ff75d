using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>An image whose answer is not its folder's class.</summary>
/// <param name="Row">Its row, from 0.</param>
/// <param name="Name">Its name.</param>
/// <param name="Actual">Index of the folder's class.</param>
/// <param name="Predicted">Index of the model's class.</param>
/// <param name="Probability">Probability of the model's class.</param>
/// <param name="Image">The place to read it from; null until it is known.</param>
internal sealed record Mistake(long Row, string Name, int Actual, int Predicted, float Probability, InputImage? Image);
