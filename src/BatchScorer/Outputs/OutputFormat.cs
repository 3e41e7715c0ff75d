namespace LeNetServe.BatchScorer.Outputs;

/// <summary>How rows are written.</summary>
internal enum OutputFormat
{
    Jsonl,
    Csv,
    Parquet,
}
