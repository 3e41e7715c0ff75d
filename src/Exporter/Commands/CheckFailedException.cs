namespace LeNetServe.Exporter.Commands;

/// <summary>The work was done and a check failed; nothing was published.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);
