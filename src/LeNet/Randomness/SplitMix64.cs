using System.Runtime.Intrinsics;

namespace LeNetServe.Randomness;

/// <summary>
/// Random numbers whose sequence is fixed by the seed on every platform, cheap enough to start anew for each image. Steele, Lea, Flood,
/// "Fast splittable pseudorandom number generators", OOPSLA 2014.
/// </summary>
public struct SplitMix64(ulong seed)
{
    private const ulong Increment = 0x9E3779B97F4A7C15UL;

    // The increments of eight normal numbers of four draws each.
    private static readonly Vector512<ulong> FourDraws = Vector512.CreateSequence(0UL, 1UL) * unchecked(4 * Increment);

    private ulong state = seed;

    /// <summary>Independent sequences for each (seed, stream, index).</summary>
    public static SplitMix64 For(int seed, int stream, int index)
    {
        var mixer = new SplitMix64((ulong)(uint)seed << 32 | (uint)stream);
        return new(mixer.Next() + (ulong)index * 0xD1342543DE82EF95UL);
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        var z = state += Increment;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>0 ≤ n &lt; count.</summary>
    public int Next(int count) => (int)((UInt128)Next() * (uint)count >> 64);

    /// <summary>Uniform in low..high.</summary>
    public float Uniform(float low, float high) => low + (high - low) * ((Next() >> 40) * (1f / (1 << 24)));

    /// <summary>Nearly normal with mean 0: the sum of four uniform numbers, so at most 3.5 deviations away.</summary>
    public float Normal(float deviation) =>
        (Uniform(-1, 1) + Uniform(-1, 1) + Uniform(-1, 1) + Uniform(-1, 1)) * (0.8660254f * deviation);

    /// <summary>Fills a span with the numbers of as many calls of <see cref="Normal(float)"/>, sixteen at a time.</summary>
    public void Normal(Span<float> values, float deviation)
    {
        while (values.Length >= Vector512<float>.Count)
        {
            ((Uniform16(1) + Uniform16(2) + Uniform16(3) + Uniform16(4)) * (0.8660254f * deviation)).CopyTo(values);
            state += unchecked(64 * Increment);
            values = values[Vector512<float>.Count..];
        }
        foreach (ref var value in values)
            value = Normal(deviation);
    }

    /// <summary>That draw of each of the next sixteen normal numbers, uniform in −1..1.</summary>
    private readonly Vector512<float> Uniform16(ulong draw)
    {
        var first = FourDraws + Vector512.Create(state + (draw * Increment));
        var bits = Vector512.Narrow(Mixed(first) >>> 40, Mixed(first + Vector512.Create(unchecked(32 * Increment))) >>> 40);
        return Vector512.ConvertToSingle(bits.AsInt32()) * (2f / (1 << 24)) - Vector512<float>.One;
    }

    private static Vector512<ulong> Mixed(Vector512<ulong> z)
    {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >>> 31);
    }

    /// <summary>Shuffles in place (Fisher–Yates).</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (var last = values.Length - 1; last > 0; last--)
        {
            var other = Next(last + 1);
            (values[last], values[other]) = (values[other], values[last]);
        }
    }
}
