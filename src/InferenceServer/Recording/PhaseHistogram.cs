namespace LeNetServe.InferenceServer.Recording;

/// <summary>
/// A histogram of durations with fixed buckets from 5 µs to 10 s. Recording allocates nothing and takes no lock: every processor
/// adds to its own stripe, a reader sums the stripes.
/// </summary>
internal sealed class PhaseHistogram
{
    // Bounds in microseconds, inclusive, as Prometheus' "le".
    private static readonly long[] BucketBounds =
    [
        5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 20_000, 50_000, 100_000,
        250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
    ];

    // Buckets, the overflow bucket, the sum in nanoseconds, and a cache line of distance to whatever the allocator places next.
    private const int Padding = 8;
    private readonly long[][] stripes = Stripes.Create(() => new long[BucketBounds.Length + 2 + Padding]);

    /// <summary>Upper bounds of the buckets, in microseconds; the last bucket, without a bound, is not among them.</summary>
    public static ReadOnlySpan<long> Bounds => BucketBounds;

    /// <summary>Adds one duration.</summary>
    public void Record(long nanoseconds)
    {
        var stripe = Stripes.Mine(stripes);
        var index = Array.BinarySearch(BucketBounds, (nanoseconds + 999) / 1_000);
        Interlocked.Increment(ref stripe[index < 0 ? ~index : index]);
        Interlocked.Add(ref stripe[BucketBounds.Length + 1], nanoseconds);
    }

    /// <summary>The counts per bucket (one more than <see cref="Bounds"/>), their total and the sum in nanoseconds.</summary>
    public PhaseSnapshot Read()
    {
        var buckets = new long[BucketBounds.Length + 1];
        long count = 0, sum = 0;
        foreach (var stripe in stripes)
        {
            for (var i = 0; i < buckets.Length; i++)
            {
                var value = Interlocked.Read(ref stripe[i]);
                buckets[i] += value;
                count += value;
            }
            sum += Interlocked.Read(ref stripe[BucketBounds.Length + 1]);
        }
        return new(buckets, count, sum);
    }
}
