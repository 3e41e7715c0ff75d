using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeNetServe.Runtime.Models;
using LeNetServe.Specs;

namespace LeNetServe.Runtime.Running;

/// <summary>Converts the caller's pixels (C×H×W) to type, range and layout of a model's input tensor.</summary>
internal static class PixelConversion
{
    /// <summary>Converts bytes 0..255 to a float tensor.</summary>
    public static void ToSingles(ReadOnlySpan<byte> pixels, Span<float> values, ModelFacts facts)
    {
        if (facts.Layout == TensorLayout.Nchw && !facts.BlueFirst)
            Widen(pixels, values);
        else
            Reorder(pixels, values, facts.Input, facts.Layout, facts.BlueFirst, static pixel => pixel);
        if (facts.Range == PixelRange.Raw)
            return;
        foreach (ref var value in values)
            value = (value * facts.Range.Scale) + facts.Range.Offset;
    }

    /// <summary>Copies bytes 0..255 to a byte tensor.</summary>
    public static void ToBytes(ReadOnlySpan<byte> pixels, Span<byte> values, ModelFacts facts)
    {
        if (facts.Layout == TensorLayout.Nchw && !facts.BlueFirst)
            pixels.CopyTo(values);
        else
            Reorder(pixels, values, facts.Input, facts.Layout, facts.BlueFirst, static pixel => pixel);
    }

    /// <summary>Copies input values (little-endian floats, C×H×W) to a float tensor. Only the layout changes.</summary>
    public static void CopySingles(ReadOnlySpan<byte> floats, Span<float> values, ModelFacts facts)
    {
        if (facts.Layout == TensorLayout.Nchw)
            floats.CopyTo(MemoryMarshal.AsBytes(values));
        else
            Reorder(MemoryMarshal.Cast<byte, float>(floats), values, facts.Input, facts.Layout, false, static value => value);
    }

    /// <summary>Rounds input values (little-endian floats, C×H×W) to a byte tensor, clamped to 0..255.</summary>
    public static void RoundSingles(ReadOnlySpan<byte> floats, Span<byte> values, ModelFacts facts)
    {
        var singles = MemoryMarshal.Cast<byte, float>(floats);
        Reorder(singles, values, facts.Input, facts.Layout, false, static value => (byte)Math.Clamp(MathF.Round(value), 0, 255));
    }

    private static void Reorder<TFrom, TTo>(
        ReadOnlySpan<TFrom> from, Span<TTo> to, TensorShape shape, TensorLayout layout, bool reverseChannels, Func<TFrom, TTo> convert)
    {
        var plane = shape.Height * shape.Width;
        for (var image = 0; image < from.Length; image += shape.Count)
            for (var channel = 0; channel < shape.Channels; channel++)
            {
                var source = from.Slice(image + ((reverseChannels ? shape.Channels - 1 - channel : channel) * plane), plane);
                var (start, step) = layout == TensorLayout.Nchw ? (image + (channel * plane), 1) : (image + channel, shape.Channels);
                for (var pixel = 0; pixel < plane; pixel++)
                    to[start + (pixel * step)] = convert(source[pixel]);
            }
    }

    private static void Widen(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        ref var from = ref MemoryMarshal.GetReference(pixels);
        ref var to = ref MemoryMarshal.GetReference(values);
        var index = 0;
        for (; index <= pixels.Length - Vector<byte>.Count; index += Vector<byte>.Count)
        {
            Vector.Widen(Unsafe.ReadUnaligned<Vector<byte>>(ref Unsafe.Add(ref from, index)), out var low, out var high);
            Vector.Widen(low, out var first, out var second);
            Vector.Widen(high, out var third, out var fourth);
            // Only signed integers convert to floats in one instruction; the values are below 2^31.
            Vector.ConvertToSingle(Vector.AsVectorInt32(first)).StoreUnsafe(ref to, (nuint)index);
            Vector.ConvertToSingle(Vector.AsVectorInt32(second)).StoreUnsafe(ref to, (nuint)(index + Vector<float>.Count));
            Vector.ConvertToSingle(Vector.AsVectorInt32(third)).StoreUnsafe(ref to, (nuint)(index + (2 * Vector<float>.Count)));
            Vector.ConvertToSingle(Vector.AsVectorInt32(fourth)).StoreUnsafe(ref to, (nuint)(index + (3 * Vector<float>.Count)));
        }
        for (; index < pixels.Length; index++)
            values[index] = pixels[index];
    }
}
