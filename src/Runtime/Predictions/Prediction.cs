namespace LeNetServe.Runtime.Predictions;

/// <summary>A class and its probability.</summary>
/// <param name="Index">Number of the class, starting at 0.</param>
/// <param name="Probability">0..1.</param>
public readonly record struct Prediction(int Index, float Probability);
