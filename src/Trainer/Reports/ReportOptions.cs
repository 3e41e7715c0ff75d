namespace LeNetServe.Trainer.Reports;

/// <summary>The request for reports.</summary>
/// <param name="Runs">Run directories.</param>
internal sealed record ReportOptions(IReadOnlyList<string> Runs);
