using System.Threading.Channels;
using Grpc.Core;
using Inference;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Grpc;

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
        // A server that ends reads no more, and answers what it has read.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(caller.Gone, lifecycle.Ending);
        var reading = ReadAsync(requestStream, answers.Writer, caller, client, asStatus, end.Token);
        try
        {
            while (await answers.Reader.WaitToReadAsync(caller.Gone))
                while (answers.Reader.TryRead(out var answer))
                    await responseStream.WriteAsync(await answer);
        }
        finally
        {
            await end.CancelAsync();
        }
        if (!await reading)
            throw OpenInferenceErrors.ToRpcException(new(InferenceErrorKind.Unavailable, "the server is stopping; send again what this stream has not answered"));
    }

    /// <summary>Reads until the client or <paramref name="end"/> ends it; false where the client may have more to say.</summary>
    private async Task<bool> ReadAsync(
        IAsyncStreamReader<ModelInferRequest> requests, ChannelWriter<Task<ModelStreamInferResponse>> answers, Caller caller, RatedClient? client, bool asStatus,
        CancellationToken end)
    {
        try
        {
            var isFirst = true;
            while (await requests.MoveNext(end))
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
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
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
                throw runner.CountUnresolved(RatedClient.TooFast());
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
