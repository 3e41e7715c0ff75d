using System.IO.Pipelines;
using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api;
using LeNetServe.InferenceServer.Recording;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeNetServe.InferenceServer.Tests.Api;

public sealed class GrpcFramesTests
{
    /// <summary>Kestrel's reader throws in each method after the caller has reset the stream, also between a read and its end.</summary>
    [Fact]
    public async Task EachMethod_CallerResetTheStream_IsCancelled()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(new Body());
        using var metrics = new ServerMetrics();
        GrpcFrames.Check(context, 100, takesOne: true, new(metrics, TimeProvider.System, NullLogger<ClientFaults>.Instance), stream: null);
        var reader = context.Request.BodyReader;

        Func<Task>[] methods =
        [
            async () => await reader.ReadAsync(TestContext.Current.CancellationToken),
            () => Task.FromResult(reader.TryRead(out _)),
            () => Advance(() => reader.AdvanceTo(default)),
            () => Advance(() => reader.AdvanceTo(default, default)),
        ];
        foreach (var method in methods)
            Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(method)).StatusCode);
    }

    private static Task Advance(Action advance)
    {
        advance();
        return Task.CompletedTask;
    }

    private sealed class Body : PipeReader, IRequestBodyPipeFeature
    {
        public PipeReader Reader => this;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => throw Reset();

        public override bool TryRead(out ReadResult result) => throw Reset();

        public override void AdvanceTo(SequencePosition consumed) => throw Reset();

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => throw Reset();

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        private static IOException Reset() => new("The client reset the request stream.");
    }
}
