namespace LeNetServe.Trainer.Comparison;

/// <summary>The request for a comparison.</summary>
/// <param name="Runs">Run directories, or folders of runs.</param>
/// <param name="Output">Path of the page.</param>
/// <param name="CsvSafe">An apostrophe is put before texts that a spreadsheet would run as a formula.</param>
internal sealed record CompareOptions(IReadOnlyList<string> Runs, string Output, bool CsvSafe = false);
