namespace LeNetServe.InferenceServer.Recording;

/// <summary>A histogram at one moment.</summary>
/// <param name="Buckets">Counts per bucket, not cumulated; the last one has no upper bound.</param>
/// <param name="Count">Number of durations.</param>
/// <param name="Nanoseconds">Their sum.</param>
internal readonly record struct PhaseSnapshot(long[] Buckets, long Count, long Nanoseconds);
