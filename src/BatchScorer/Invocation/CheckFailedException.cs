namespace LeNetServe.BatchScorer.Invocation;

/// <summary>The work was done, and what was asked of it does not hold.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);
