namespace LeNetServe.Exporter.Tests.Fuzz;

/// <summary>Damage as disks, transfers and editors do it.</summary>
internal static class Mutation
{
    /// <summary>The bytes with one damage, drawn by chance; never the same bytes.</summary>
    public static byte[] Of(byte[] bytes, Random random)
    {
        while (true)
        {
            var changed = Once(bytes, random);
            if (!changed.AsSpan().SequenceEqual(bytes))
                return changed;
        }
    }

    private static byte[] Once(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length);
        // Half of the damage hits the first kilobyte, which has the structure.
        if (random.Next(2) == 0)
            at = random.Next(Math.Min(bytes.Length, 1024));
        var copy = (byte[])bytes.Clone();
        switch (random.Next(6))
        {
            case 0:
                return copy[..at];
            case 1:
                copy.AsSpan(at, Math.Min(random.Next(1, 64), copy.Length - at)).Clear();
                return copy;
            case 2:
                return [.. copy[..at], .. Noise(random, random.Next(1, 64)), .. copy[at..]];
            case 3:
                Noise(random, Math.Min(8, copy.Length - at)).CopyTo(copy, at);
                return copy;
            default:
                copy[at] ^= (byte)(1 << random.Next(8));
                return copy;
        }
    }

    private static byte[] Noise(Random random, int count)
    {
        var noise = new byte[count];
        random.NextBytes(noise);
        return noise;
    }
}
