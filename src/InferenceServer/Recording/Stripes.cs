using System.Numerics;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>Spreads counters over the processors, so that they do not fight for one cache line.</summary>
internal static class Stripes
{
    private static readonly int Count = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 16));

    /// <summary>One element for each stripe.</summary>
    public static T[] Create<T>(Func<T> element)
    {
        var stripes = new T[Count];
        for (var i = 0; i < stripes.Length; i++)
            stripes[i] = element();
        return stripes;
    }

    /// <summary>The element of the processor that this thread runs on.</summary>
    public static T Mine<T>(T[] stripes) => stripes[Thread.GetCurrentProcessorId() & (stripes.Length - 1)];
}
