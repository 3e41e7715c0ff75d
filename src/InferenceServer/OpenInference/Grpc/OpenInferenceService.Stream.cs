using System.Threading.Channels;
using Grpc.Core;
using Inference;
using LeNetServe.InferenceServer.Pipeline;
using LeNetServe.InferenceServer.Security;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.OpenInference.Grpc;

internal sealed partial class OpenInferenceService
{
    private const string GrpcErrorsHeader = "triton_grpc_error";

    /// <summary>
    /// Answers in the order of the requests, a bounded number of them worked on at once. A failed request is an answer with an error message,
    /// unless the client asked for statuses: then the first failure ends the stream.
    /// </summary>
    public override async Task ModelStreamInfer(
        IAsyncStreamReader<ModelInferRequest> requestStream, IServerStreamWriter<ModelStreamInferResponse> responseStream, ServerCallContext context)
    {
        var caller = new Caller(context.Deadline, context.CancellationToken, Patient: true);
        var asStatus = string.Equals(context.RequestHeaders.GetValue(GrpcErrorsHeader), "true", StringComparison.OrdinalIgnoreCase);
        var client = context.GetHttpContext().Features.Get<RatedClient>();
        var answers = Channel.CreateBounded<Task<ModelStreamInferResponse>>(new BoundedChannelOptions(limits.StreamParallelism) { SingleReader = true });
        var reading = ReadAsync(requestStream, answers.Writer, caller, client, asStatus);
        await using (lifecycle.Ending.UnsafeRegister(static writer => ((ChannelWriter<Task<ModelStreamInferResponse>>)writer!).TryComplete(), answers.Writer))
            while (await answers.Reader.WaitToReadAsync(caller.Gone))
                while (answers.Reader.TryRead(out var answer))
                    await responseStream.WriteAsync(await answer);
        // While the server ends the reader may still wait for the client; it also gives up on a message for which there is no room any more.
        if ((lifecycle.Ending.IsCancellationRequested && !reading.IsCompleted) || !await reading)
            throw OpenInferenceErrors.ToRpcException(new(InferenceErrorKind.Unavailable, "the server is stopping; send again what this stream has not answered"));
    }

    /// <summary>Reads until the client ends; false where the reading ended before that.</summary>
    private async Task<bool> ReadAsync(
        IAsyncStreamReader<ModelInferRequest> requests, ChannelWriter<Task<ModelStreamInferResponse>> answers, Caller caller, RatedClient? client, bool asStatus)
    {
        try
        {
            var isFirst = true;
            while (await requests.MoveNext(caller.Gone))
            {
                var request = requests.Current;
                // The call itself counted for its first message.
                var tooFast = !isFirst && client is not null && !client.TryTake(out _);
                isFirst = false;
                await answers.WriteAsync(AnswerAsync(request, caller, tooFast, asStatus), caller.Gone);
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

    private async Task<ModelStreamInferResponse> AnswerAsync(ModelInferRequest request, Caller caller, bool tooFast, bool asStatus)
    {
        try
        {
            if (tooFast)
                throw RatedClient.TooFast();
            return new() { InferResponse = await InferAsync(request, caller, null) };
        }
        catch (InferenceException exception) when (!asStatus)
        {
            // Clients tell a failed request by its id.
            return new() { ErrorMessage = exception.Message, InferResponse = new() { Id = request.Id } };
        }
        catch (InferenceException exception)
        {
            throw OpenInferenceErrors.ToRpcException(exception);
        }
    }
}
