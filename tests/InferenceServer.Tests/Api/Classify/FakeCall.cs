using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace LeNetServe.InferenceServer.Tests.Api.Classify;

/// <summary>A call without a network: its requests, and the written answers.</summary>
internal sealed class FakeCall<TRequest, TResponse> : ServerCallContext, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>
{
    private readonly Queue<TRequest> requests;

    public FakeCall(IEnumerable<TRequest> requests)
    {
        this.requests = new(requests);
        UserState["__HttpContext"] = new DefaultHttpContext();
    }

    /// <summary>Gets the answers, and whether each was buffered for the next.</summary>
    public List<(TResponse Response, bool IsHeldBack)> Written { get; } = [];

    /// <summary>Gets a value indicating whether the client keeps the stream open after its last request.</summary>
    public bool StaysOpen { get; init; }

    /// <summary>Gets the task that a write waits for.</summary>
    public Task Writing { get; init; } = Task.CompletedTask;

    /// <summary>Gets the token of the last read.</summary>
    public CancellationToken GivesUpReading { get; private set; }

    public TRequest Current { get; private set; } = default!;

    WriteOptions? IAsyncStreamWriter<TResponse>.WriteOptions { get; set; }

    protected override string MethodCore => "";

    protected override string HostCore => "";

    protected override string PeerCore => "";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore { get; } = [];

    protected override CancellationToken CancellationTokenCore => CancellationToken.None;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new("", []);

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        GivesUpReading = cancellationToken;
        var more = requests.TryDequeue(out var request);
        Current = request!;
        return more || !StaysOpen ? Task.FromResult(more) : new TaskCompletionSource<bool>().Task.WaitAsync(cancellationToken);
    }

    public Task WriteAsync(TResponse message)
    {
        Written.Add((message, ((IServerStreamWriter<TResponse>)this).WriteOptions?.Flags == WriteFlags.BufferHint));
        return Writing;
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
}
