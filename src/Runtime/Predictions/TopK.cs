using System.Buffers;

namespace LeNetServe.Runtime.Predictions;

/// <summary>Selects the best classes of an output row.</summary>
public static class TopK
{
    private const int StackLimit = 256;

    /// <summary>
    /// Writes the best <c>predictions.Length</c> classes of <paramref name="values"/>, best first. Equal values keep the order of the
    /// classes, and NaN is last. Allocates nothing.
    /// </summary>
    public static void Select(ReadOnlySpan<float> values, Span<Prediction> predictions)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(predictions.Length, values.Length);
        if (predictions.Length == 1)
        {
            var best = ArgMax(values);
            predictions[0] = new(best, values[best]);
            return;
        }
        var rented = values.Length > StackLimit ? ArrayPool<ulong>.Shared.Rent(values.Length) : null;
        var keys = rented is null ? stackalloc ulong[StackLimit] : rented;
        keys = keys[..values.Length];
        for (var index = 0; index < values.Length; index++)
            keys[index] = ((ulong)DescendingBits(values[index]) << 32) | (uint)index;
        keys.Sort();
        for (var rank = 0; rank < predictions.Length; rank++)
        {
            var index = (int)(uint)keys[rank];
            predictions[rank] = new(index, values[index]);
        }
        if (rented is not null)
            ArrayPool<ulong>.Shared.Return(rented);
    }

    /// <summary>Finds the first class with the largest value. NaN counts as the smallest.</summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var index = 1; index < values.Length; index++)
            if (values[index] > values[best] || (float.IsNaN(values[best]) && !float.IsNaN(values[index])))
                best = index;
        return best;
    }

    /// <summary>Turns scores into probabilities in place.</summary>
    public static void Softmax(Span<float> scores)
    {
        var max = scores[ArgMax(scores)];
        var sum = 0f;
        foreach (ref var score in scores)
            sum += score = MathF.Exp(score - max);
        foreach (ref var score in scores)
            score /= sum;
    }

    /// <summary>Maps a value to an unsigned integer; the integers ascend as the values descend.</summary>
    private static uint DescendingBits(float value)
    {
        if (float.IsNaN(value))
            return uint.MaxValue;
        var bits = BitConverter.SingleToUInt32Bits(value + 0f);
        return (bits & 0x8000_0000) != 0 ? bits : ~bits & 0x7FFF_FFFF;
    }
}
