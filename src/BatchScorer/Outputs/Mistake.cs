using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>An image that the model took for another class than its folder's.</summary>
/// <param name="Row">Its row, from 0.</param>
/// <param name="Name">Its name.</param>
/// <param name="Actual">Index of the folder's class.</param>
/// <param name="Predicted">Index of the model's class.</param>
/// <param name="Probability">How sure the model is.</param>
/// <param name="Image">Where to read it; null until known.</param>
internal sealed record Mistake(long Row, string Name, int Actual, int Predicted, float Probability, InputImage? Image);
