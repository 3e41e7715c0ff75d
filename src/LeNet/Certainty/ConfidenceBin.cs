namespace LeNetServe.Certainty;

/// <summary>The images whose largest probability lies in one bin of a reliability diagram.</summary>
/// <param name="Images">Number of the images.</param>
/// <param name="Confidence">Mean of their largest probabilities; 0 without images.</param>
/// <param name="Accuracy">Share of them that is classified correctly; 0 without images.</param>
public sealed record ConfidenceBin(int Images, double Confidence, double Accuracy);
