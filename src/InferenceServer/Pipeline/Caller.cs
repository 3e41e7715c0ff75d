using Grpc.Core;

namespace LeNetServe.InferenceServer.Pipeline;

/// <summary>Who waits for the answer, and for how long.</summary>
/// <param name="Deadline">When the answer becomes worthless, UTC; <see cref="DateTime.MaxValue"/>: never.</param>
/// <param name="Token">Cancelled when the caller goes away.</param>
/// <param name="Patient">The caller has its own back-pressure (a stream): it waits where the queue is full instead of being refused.</param>
internal readonly record struct Caller(DateTime Deadline, CancellationToken Token, bool Patient = false)
{
    private readonly ServerCallContext? call;

    /// <summary>The caller of a gRPC call.</summary>
    public Caller(ServerCallContext call)
        : this(call.Deadline, CancellationToken.None) => this.call = call;

    /// <summary>Cancelled when the caller goes away. gRPC makes its token, 300 bytes of objects, when it is asked for: ask where time passes.</summary>
    public CancellationToken Gone => call?.CancellationToken ?? Token;

    /// <summary>Whether <see cref="Gone"/> is also cancelled at the <see cref="Deadline"/>.</summary>
    public bool IsGoneAtDeadline => Deadline == DateTime.MaxValue || call?.Deadline == Deadline;
}
