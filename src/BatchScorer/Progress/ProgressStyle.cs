namespace LeNetServe.BatchScorer.Progress;

/// <summary>The reader of the progress.</summary>
internal enum ProgressStyle
{
    None,
    Terminal,
    Json,
}
