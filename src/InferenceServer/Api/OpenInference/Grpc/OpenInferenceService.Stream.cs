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
    /// Answers in the order of the requests, with a bounded number of requests in progress. A failed request has an answer with an error
    /// message. If the client asks for statuses, the first failure ends the stream instead.
    /// </summary>
    [Access(AccessRule.Inference)]
    public override async Task ModelStreamInfer(
        IAsyncStreamReader<ModelInferRequest> requestStream,
        IServerStreamWriter<ModelStreamInferResponse> responseStream,
        ServerCallContext context)
    {
        var caller = Caller.OfStream(context);
        // gRPC's own collection of headers fails on a binary header that is not base64.
        var asStatus = string.Equals(
            context.GetHttpContext().Request.Headers[GrpcErrorsHeader], "true", StringComparison.OrdinalIgnoreCase);
        var client = context.GetHttpContext().Features.Get<RatedClient>();
        var place = context.GetHttpContext().Features.Get<ConnectionPlace>();
        var answers = new StreamAnswers<ModelStreamInferResponse>(responseStream, limits.StreamParallelism, place);
        await answers.RunAsync(ReadAsync, caller.Gone, lifecycle.Ending);

        async Task ReadAsync(CancellationToken end)
        {
            // The Gatekeeper has already counted the call, for its first message.
            for (var isFirst = true; await requestStream.MoveNext(end); isFirst = false)
            {
                var isTooFast = !isFirst && client is not null && !client.TryTake();
                await answers.AddAsync(AnswerAsync(requestStream.Current, caller, client, isTooFast, asStatus), false, caller.Gone);
            }
        }
    }

    private async Task<ModelStreamInferResponse> AnswerAsync(
        ModelInferRequest request, Caller caller, RatedClient? client, bool isTooFast, bool asStatus)
    {
        try
        {
            if (isTooFast)
                throw runner.CountUnresolved(RatedClient.TooFast());
            return new() { InferResponse = await InferAsync(request, caller, client, null) };
        }
        catch (InferenceException exception) when (!asStatus)
        {
            // Clients recognize a failed request by its id.
            return new() { ErrorMessage = exception.Message, InferResponse = new() { Id = request.Id } };
        }
        catch (InferenceException exception)
        {
            throw OpenInferenceErrors.ToRpcException(exception);
        }
    }
}
