using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.Metrics;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;
using Method = LeNetServe.Runtime.Explaining.AttributionMethod;

namespace LeNetServe.InferenceServer.Api.Classify;

internal sealed partial class ClassifierService
{
    [Access(AccessRule.Inference)]
    public override Task<ExplainResponse> Explain(ExplainRequest request, ServerCallContext context) =>
        GrpcErrors.TranslateAsync(ExplainAsync(
            request, Caller.Of(context), context.GetHttpContext().Features.Get<RatedClient>(), ServerTiming.AskedBy(context)));

    /// <summary>Classifies one image and explains the answer.</summary>
    /// <exception cref="InferenceException">The request failed before or during its run.</exception>
    internal async Task<ExplainResponse> ExplainAsync(
        ExplainRequest request, Caller caller, RatedClient? client, Action<RequestPhases>? timing = null)
    {
        using var lease = Lease(request.Model, request.Version);
        var version = lease.Version;
        var input = Read(new ClassifyRequest { Image = request.Image, Geometry = request.Geometry, TopK = request.TopK }, version);
        var target = request.HasTarget ? request.Target : (int?)null;
        var wanted = new ExplanationParts([.. request.Layers], MethodOf(request.Attribution), target);
        RequireRate(client, InferencePipeline.CostOf(version, wanted), version);
        var explanation = await pipeline.ExplainAsync(version, input, wanted, caller);
        timing?.Invoke(explanation.Phases);
        var response = new ExplainResponse
        {
            Model = version.Name,
            Version = version.Version,
            Pixels = ByteString.CopyFrom(explanation.Pixels),
        };
        if (explanation.Novelty is { } novelty)
        {
            response.Novelty = novelty;
            response.IsKnown = version.Facts.IsKnown(novelty);
        }
        Predictions.Add(response.Predictions, version, explanation.Outputs, request.TopK);
        foreach (var (name, values) in explanation.Layers)
        {
            var bytes = UnsafeByteOperations.UnsafeWrap(values.Data);
            response.Layers.Add(new LayerValues { Name = name, Shape = { values.Shape }, Values = bytes });
        }
        if (explanation.Attribution is { } attribution)
            response.Attribution = new()
            {
                Method = attribution.Method == Method.Gradient ? AttributionMethod.Gradient : AttributionMethod.Occlusion,
                Target = attribution.Target,
                Height = version.Facts.Input.Height,
                Width = version.Facts.Input.Width,
                Values = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(attribution.Values)),
            };
        return response;
    }

    private static Method? MethodOf(AttributionMethod method) => method switch
    {
        AttributionMethod.Unspecified => null,
        AttributionMethod.Occlusion => Method.Occlusion,
        AttributionMethod.Gradient => Method.Gradient,
        AttributionMethod.Automatic => Method.Automatic,
        _ => throw InferenceException.InvalidInput(
            $"attribution is {(int)method}, expected 0 (none), 1 (occlusion), 2 (gradient) or 3 (automatic)", "attribution"),
    };
}
