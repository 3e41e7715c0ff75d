using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>The ends of waiting.</summary>
internal static class Wait
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>The time until a deadline, never negative, and short enough for a timer.</summary>
    public static TimeSpan Until(DateTime deadline, TimeProvider time)
    {
        var remaining = deadline - time.GetUtcNow().UtcDateTime;
        return remaining < TimeSpan.Zero ? TimeSpan.Zero : remaining < Longest ? remaining : Longest;
    }

    public static InferenceException DeadlineExceeded(string when) => new(InferenceErrorKind.DeadlineExceeded, $"the request's deadline passed {when}");

    public static InferenceException Cancelled() => new(InferenceErrorKind.Cancelled, "the caller went away");
}
