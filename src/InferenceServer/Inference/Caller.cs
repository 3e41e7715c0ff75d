using Grpc.Core;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>Who waits for the answer, and for how long.</summary>
/// <param name="Deadline">When the answer becomes worthless, UTC; <see cref="DateTime.MaxValue"/>: never.</param>
/// <param name="Token">Cancelled when the caller goes away.</param>
/// <param name="Patient">The caller has its own back-pressure (a stream): it waits where the queue is full instead of being refused.</param>
internal readonly record struct Caller(DateTime Deadline, CancellationToken Token, bool Patient = false)
{
    private readonly HttpContext? http;

    /// <summary>The caller of a gRPC call.</summary>
    public Caller(ServerCallContext call)
        : this(call.Deadline, CancellationToken.None) => http = call.GetHttpContext();

    /// <summary>
    /// Cancelled when the caller goes away, not at the deadline. gRPC's own token, for both, costs a call that asks for it 300 bytes of objects;
    /// Kestrel keeps its token's source from call to call.
    /// </summary>
    public CancellationToken Gone => http?.RequestAborted ?? Token;
}
