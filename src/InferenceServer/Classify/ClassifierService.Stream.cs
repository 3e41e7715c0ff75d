using System.Threading.Channels;
using Grpc.Core;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Pipeline;
using LeNetServe.InferenceServer.Security;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Classify;

internal sealed partial class ClassifierService
{
    private static readonly WriteOptions MoreFollows = new(WriteFlags.BufferHint);

    /// <summary>
    /// Answers in the order of the requests. Raw pixels run on the reading thread, pictures are decoded side by side up to a bound; who sends faster
    /// than that is held back by HTTP/2's flow control.
    /// </summary>
    public override async Task ClassifyStream(
        IAsyncStreamReader<ClassifyStreamRequest> requestStream, IServerStreamWriter<ClassifyStreamResponse> responseStream, ServerCallContext context)
    {
        var caller = new Caller(context) with { Patient = true };
        var answers = Channel.CreateBounded<Task<ClassifyStreamResponse>>(new BoundedChannelOptions(limits.StreamParallelism) { SingleReader = true });
        var reading = ReadAsync(requestStream, answers.Writer, caller, context.GetHttpContext().Features.Get<RatedClient>());
        await using (lifecycle.Ending.UnsafeRegister(static writer => ((ChannelWriter<Task<ClassifyStreamResponse>>)writer!).TryComplete(), answers.Writer))
            while (await answers.Reader.WaitToReadAsync(caller.Gone))
                while (answers.Reader.TryRead(out var answer))
                {
                    var response = await answer;
                    responseStream.WriteOptions = answers.Reader.TryPeek(out _) ? MoreFollows : null;
                    await responseStream.WriteAsync(response);
                }
        // While the server ends the reader may still wait for the client; it also gives up on a message for which there is no room any more.
        if ((lifecycle.Ending.IsCancellationRequested && !reading.IsCompleted) || !await reading)
            throw new InferenceException(InferenceErrorKind.Unavailable, "the server is stopping; send again what this stream has not answered").ToRpcException();
    }

    /// <summary>Reads until the client ends; false where the reading ended before that.</summary>
    private async Task<bool> ReadAsync(IAsyncStreamReader<ClassifyStreamRequest> requests, ChannelWriter<Task<ClassifyStreamResponse>> answers, Caller caller, RatedClient? client)
    {
        try
        {
            // The call itself counted for its first message.
            for (var isFirst = true; await requests.MoveNext(caller.Gone); isFirst = false)
            {
                var request = requests.Current;
                var answer = !isFirst && client is not null && !client.TryTake(out _)
                    ? Task.FromResult(new ClassifyStreamResponse { Id = request.Id, Error = RatedClient.TooFast().ToError() })
                    : request.Request?.Image?.SourceCase == Image.SourceOneofCase.Encoded
                    ? Task.Run(() => AnswerAsync(request, caller), caller.Gone)
                    : AnswerAsync(request, caller);
                await answers.WriteAsync(answer, caller.Gone);
            }
            answers.TryComplete();
            return true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ChannelClosedException)
        {
            answers.TryComplete();
            return false;
        }
        catch (Exception exception)
        {
            answers.TryComplete(exception);
            return false;
        }
    }

    private async Task<ClassifyStreamResponse> AnswerAsync(ClassifyStreamRequest request, Caller caller)
    {
        try
        {
            if (request.Request is null)
                throw new InferenceException(InferenceErrorKind.InvalidInput, "the message has no request, expected one") { Field = "request" };
            return new() { Id = request.Id, Response = await ClassifyAsync(request.Request, caller) };
        }
        catch (InferenceException exception)
        {
            return new() { Id = request.Id, Error = exception.ToError() };
        }
    }
}
