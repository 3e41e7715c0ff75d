namespace LeNetServe.Client;

/// <summary>One class and its probability.</summary>
/// <param name="Index">Position among the model's classes, from 0.</param>
/// <param name="Label">Class name.</param>
/// <param name="Probability">0..1.</param>
public sealed record Prediction(int Index, string Label, float Probability);
