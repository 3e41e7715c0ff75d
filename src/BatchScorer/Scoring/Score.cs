namespace LeNetServe.BatchScorer.Scoring;

/// <summary>A class and its probability.</summary>
internal readonly record struct Score(int Index, float Probability);
