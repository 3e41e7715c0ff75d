namespace LeNetServe.Runtime.Predictions;

/// <summary>A class and how sure the model is of it.</summary>
/// <param name="Index">Number of the class, from 0.</param>
/// <param name="Probability">0..1.</param>
public readonly record struct Prediction(int Index, float Probability);
