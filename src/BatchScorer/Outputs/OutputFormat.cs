namespace LeNetServe.BatchScorer.Outputs;

/// <summary>The format of rows.</summary>
internal enum OutputFormat
{
    Jsonl,
    Csv,
    Parquet,
}
