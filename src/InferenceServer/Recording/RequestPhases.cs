using System.Diagnostics;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>The parts of a request's time. All values are <see cref="Stopwatch"/> ticks; a phase that was not reached is zero.</summary>
/// <param name="Decode">From the encoded image to pixels.</param>
/// <param name="Queue">Waiting for a place at the model.</param>
/// <param name="Inference">Inside the model; of an explanation, with the runs that explain the answer.</param>
/// <param name="Total">The whole request, from its arrival in the pipeline to the answer.</param>
internal readonly record struct RequestPhases(long Decode, long Queue, long Inference, long Total)
{
    /// <summary>Gets the nanoseconds of so many <see cref="Stopwatch"/> ticks.</summary>
    public static long Nanoseconds(long ticks) =>
        Stopwatch.Frequency == 1_000_000_000 ? ticks : (long)(ticks * (1e9 / Stopwatch.Frequency));
}
