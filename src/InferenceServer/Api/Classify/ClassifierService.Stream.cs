using System.Buffers;
using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

internal sealed partial class ClassifierService
{
    private const int MostTogether = 16;

    /// <summary>
    /// Answers in the order of the requests. Messages that arrive together run together; no message waits for others. HTTP/2's flow control
    /// slows down clients that send faster than they read answers.
    /// </summary>
    [Access(AccessRule.Inference)]
    public override async Task ClassifyStream(
        IAsyncStreamReader<ClassifyStreamRequest> requestStream,
        IServerStreamWriter<ClassifyStreamResponse> responseStream,
        ServerCallContext context)
    {
        var caller = Caller.OfStream(context);
        var client = context.GetHttpContext().Features.Get<RatedClient>();
        var place = context.GetHttpContext().Features.Get<ConnectionPlace>();
        var answers = new StreamAnswers<ClassifyStreamResponse>(responseStream, limits.StreamParallelism, place);
        await answers.RunAsync(end => ReadAsync(requestStream, answers, caller, client, end), caller.Gone, lifecycle.Ending);
    }

    private async Task ReadAsync(
        IAsyncStreamReader<ClassifyStreamRequest> requests,
        StreamAnswers<ClassifyStreamResponse> answers,
        Caller caller,
        RatedClient? client,
        CancellationToken end)
    {
        var together = new List<ClassifyStreamRequest>(MostTogether);
        // The Gatekeeper has already counted the call, for its first message.
        for (var isFirst = true; ; isFirst = false)
        {
            var next = requests.MoveNext(end);
            if (!next.IsCompleted)
                await AnswerAsync(together, answers, caller);
            if (!await next)
                break;
            var request = requests.Current;
            var isTooFast = !isFirst && client is not null && !client.TryTake();
            if (isTooFast || !Joins(request, together))
                await AnswerAsync(together, answers, caller);
            if (isTooFast)
                await answers.AddAsync(Task.FromResult(TooFast(request)), false, caller.Gone);
            else if (request.Request?.Image?.SourceCase == Image.SourceOneofCase.Pixels)
                together.Add(request);
            else
                await answers.AddAsync(AnswerAsync(request, caller), false, caller.Gone);
        }
        await AnswerAsync(together, answers, caller);
    }

    private bool Joins(ClassifyStreamRequest request, List<ClassifyStreamRequest> together) =>
        together.Count > 0
        && together.Count < Math.Min(MostTogether, limits.MaxBatch)
        && request.Request is { Image.SourceCase: Image.SourceOneofCase.Pixels } one
        && one.Model == together[0].Request.Model
        && one.Version == together[0].Request.Version;

    private async Task AnswerAsync(List<ClassifyStreamRequest> together, StreamAnswers<ClassifyStreamResponse> answers, Caller caller)
    {
        if (together.Count > 1 && await RunAsync(together, caller) is { } responses)
            for (var index = 0; index < responses.Length; index++)
                await answers.AddAsync(Task.FromResult(responses[index]), index < responses.Length - 1, caller.Gone);
        else
            foreach (var request in together)
                await answers.AddAsync(AnswerAsync(request, caller), false, caller.Gone);
        together.Clear();
    }

    /// <summary>Runs the pixels of several messages in one batch; null if that is not possible.</summary>
    private async ValueTask<ClassifyStreamResponse[]?> RunAsync(List<ClassifyStreamRequest> together, Caller caller)
    {
        ModelLease lease;
        try
        {
            lease = repository.Lease(together[0].Request.Model, together[0].Request.Version);
        }
        catch (InferenceException)
        {
            return null;
        }
        using (lease)
        {
            var version = lease.Version;
            var row = version.Facts.RowLength;
            if (!InferencePipeline.CanJoin(version)
                || together.Exists(request => request.Request.TopK < 0 || request.Request.Coverage != 0))
                return null;
            var outputs = ArrayPool<float>.Shared.Rent(together.Count * row);
            var runs = new Task<RequestPhases>[together.Count];
            for (var index = 0; index < runs.Length; index++)
            {
                var input = Inputs.Of(together[index].Request.Image, Geometry.Unspecified);
                runs[index] = pipeline.JoinAsync(version, input, outputs.AsMemory(index * row, row), caller).AsTask();
            }
            pipeline.RunJoined();
            var responses = new ClassifyStreamResponse[together.Count];
            for (var index = 0; index < responses.Length; index++)
                responses[index] = await ReplyAsync(runs[index], together[index], version, outputs.AsMemory(index * row, row));
            ArrayPool<float>.Shared.Return(outputs);
            return responses;
        }
    }

    private static async ValueTask<ClassifyStreamResponse> ReplyAsync(
        Task run, ClassifyStreamRequest request, ServedVersion version, Memory<float> outputs)
    {
        try
        {
            await run;
            return new() { Id = request.Id, Response = Predictions.Reply(version, outputs.Span, request.Request.TopK, threshold: null) };
        }
        catch (InferenceException exception)
        {
            return Failed(request, exception);
        }
    }

    private async Task<ClassifyStreamResponse> AnswerAsync(ClassifyStreamRequest request, Caller caller)
    {
        try
        {
            if (request.Request is null)
                throw InferenceException.InvalidInput("the message has no request, expected one", "request");
            return new() { Id = request.Id, Response = await ClassifyAsync(request.Request, caller) };
        }
        catch (InferenceException exception)
        {
            return Failed(request, exception);
        }
    }

    private ClassifyStreamResponse TooFast(ClassifyStreamRequest request)
    {
        var exception = RatedClient.TooFast();
        InferencePipeline.CountRefused(metrics.Unresolved, exception);
        return Failed(request, exception);
    }

    private static ClassifyStreamResponse Failed(ClassifyStreamRequest request, InferenceException exception) =>
        new() { Id = request.Id, Error = exception.ToError() };
}
