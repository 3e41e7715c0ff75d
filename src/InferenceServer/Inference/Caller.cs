using Grpc.Core;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>The client of a request, which waits for the answer for a limited time.</summary>
/// <param name="Deadline">The time, UTC, after which the answer is worthless; <see cref="DateTime.MaxValue"/>: never.</param>
/// <param name="Gone">Canceled when the client goes away.</param>
/// <param name="Patient">The client has its own back-pressure (a stream), so it waits when the queue is full.</param>
internal readonly record struct Caller(DateTime Deadline, CancellationToken Gone, bool Patient = false)
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    /// <summary>
    /// Creates the caller of a gRPC call. <see cref="Gone"/> is Kestrel's token, which ignores the deadline: gRPC's own token covers both
    /// but allocates 300 bytes for each call that asks for it.
    /// </summary>
    public static Caller Of(ServerCallContext call) => new(call.Deadline, call.GetHttpContext().RequestAborted);

    /// <summary>Creates the caller of a stream.</summary>
    public static Caller OfStream(ServerCallContext call) => new(call.Deadline, call.CancellationToken, Patient: true);

    /// <summary>Creates the caller of a REST request.</summary>
    public static Caller Of(HttpContext context) => new(DateTime.MaxValue, context.RequestAborted);

    /// <summary>Gets the time until the deadline: never negative, and short enough for a timer.</summary>
    public TimeSpan Remaining(TimeProvider time)
    {
        var remaining = Deadline - time.GetUtcNow().UtcDateTime;
        return remaining < TimeSpan.Zero ? TimeSpan.Zero : remaining < LongestTimer ? remaining : LongestTimer;
    }

    /// <summary>Returns the reason why the caller wants no answer anymore; null while it waits.</summary>
    public InferenceException? LostInterest(TimeProvider time)
    {
        if (Deadline != DateTime.MaxValue && time.GetUtcNow().UtcDateTime >= Deadline)
            return DeadlinePassed("before it ran");
        return Gone.IsCancellationRequested ? WentAway() : null;
    }

    /// <summary>Throws if the caller wants no answer anymore.</summary>
    /// <exception cref="InferenceException">The deadline passed, or the caller went away.</exception>
    public void RequireInterest(TimeProvider time)
    {
        if (LostInterest(time) is { } lost)
            throw lost;
    }

    public static InferenceException DeadlinePassed(string when) =>
        new(InferenceErrorKind.DeadlineExceeded, $"the request's deadline passed {when}");

    public static InferenceException WentAway() => new(InferenceErrorKind.Cancelled, "the caller went away");
}
