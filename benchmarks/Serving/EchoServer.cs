using Grpc.Core;
using LeNetServe.V1;

namespace LeNetServe.Serving;

/// <summary>Answers the same calls with empty replies. Its time is the cost of the platform.</summary>
internal sealed class EchoServer : Classifier.ClassifierBase
{
    private static readonly Task<ClassifyResponse> Empty = Task.FromResult(new ClassifyResponse());

    public override Task<ClassifyResponse> Classify(ClassifyRequest request, ServerCallContext context) => Empty;

    public override async Task ClassifyStream(
        IAsyncStreamReader<ClassifyStreamRequest> requestStream, IServerStreamWriter<ClassifyStreamResponse> responseStream,
        ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(new() { Id = request.Id });
    }
}
