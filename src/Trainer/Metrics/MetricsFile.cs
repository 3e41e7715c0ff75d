namespace LeNetServe.Trainer.Metrics;

/// <summary><c>metrics.jsonl</c> of a run.</summary>
internal static class MetricsFile
{
    /// <summary>Gets the file at a path.</summary>
    public static EpochFile<MetricsLine> At(string path) => new(path, MetricsJson.Default.MetricsLine, line => line.Epoch);
}
