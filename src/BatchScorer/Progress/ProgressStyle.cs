namespace LeNetServe.BatchScorer.Progress;

/// <summary>To whom progress is shown.</summary>
internal enum ProgressStyle
{
    None,
    Terminal,
    Json,
}
