using Grpc.Core;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>The caller of a request: its deadline, and the token that says whether the caller still waits.</summary>
internal readonly record struct Caller
{
    private readonly HttpContext? http;
    private readonly CancellationToken gone;

    /// <summary>Creates a caller.</summary>
    /// <param name="deadline">The deadline of the answer, UTC; <see cref="DateTime.MaxValue"/> for none.</param>
    /// <param name="gone">Canceled when the caller disconnects.</param>
    /// <param name="isPatient">True for a stream, which has its own back-pressure: it waits if the queue is full, instead of being rejected.</param>
    public Caller(DateTime deadline, CancellationToken gone, bool isPatient = false)
    {
        Deadline = deadline;
        this.gone = gone;
        Patient = isPatient;
    }

    private Caller(ServerCallContext call)
    {
        Deadline = call.Deadline;
        http = call.GetHttpContext();
    }

    /// <summary>Gets the deadline of the answer, UTC.</summary>
    public DateTime Deadline { get; init; }

    /// <summary>Gets a value indicating whether the caller waits for a place in a full queue.</summary>
    public bool Patient { get; }

    /// <summary>
    /// Gets the token that is canceled when the caller disconnects, but not at the deadline. gRPC's own token is for both and costs 300 bytes for
    /// each call; Kestrel reuses its token for later calls.
    /// </summary>
    public CancellationToken Gone => http?.RequestAborted ?? gone;

    /// <summary>Creates the caller of a unary gRPC call.</summary>
    public static Caller Of(ServerCallContext call) => new(call);

    /// <summary>Creates the caller of a stream.</summary>
    public static Caller OfStream(ServerCallContext call) => new(call.Deadline, call.CancellationToken, isPatient: true);

    /// <summary>Creates the caller of a REST request.</summary>
    public static Caller Of(HttpContext context) => new(DateTime.MaxValue, context.RequestAborted);
}
