using Google.Protobuf;
using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Predictions;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

internal sealed partial class ClassifierService
{
    [Access(AccessRule.Inference)]
    public override Task<CheckGoldenResponse> CheckGolden(CheckGoldenRequest request, ServerCallContext context) =>
        GrpcErrors.TranslateAsync(
            CheckGoldenAsync(request, Caller.Of(context), context.GetHttpContext().Features.Get<RatedClient>()));

    private async Task<CheckGoldenResponse> CheckGoldenAsync(CheckGoldenRequest request, Caller caller, RatedClient? client)
    {
        using var lease = Lease(request.Model, request.Version);
        var version = lease.Version;
        var golden = await fileReads.ReadAsync(version.Model.ReadGolden, caller.Gone)
            ?? throw new InferenceException(InferenceErrorKind.Unsupported, $"{version} has no golden images");
        RequireRate(client, golden.Count, version);
        var classes = version.Facts.Classes;
        var response = new CheckGoldenResponse { Model = version.Name, Version = version.Version };
        var answers = new float[golden.Count * classes];
        var row = new float[version.Facts.RowLength];
        for (var index = 0; index < golden.Count; index++)
        {
            var answer = answers.AsMemory(index * classes, classes);
            var pixels = golden.Pixels.AsMemory(index * golden.Shape.Count, golden.Shape.Count);
            await pipeline.RunAsync(version, new(InputKind.Pixels, pixels) { IsGolden = true }, row, caller);
            row.AsSpan(0, classes).CopyTo(answer.Span);
            version.Model.ToProbabilities(answer.Span);
            response.Images.Add(Compare(version, pixels.Span, golden.Probabilities.AsSpan(index * classes, classes), answer.Span));
        }
        var check = version.Model.Compare(golden, answers);
        response.Difference = check.MaxDifference;
        response.Tolerance = (float)check.Tolerance;
        response.Disagreements = check.Disagreements;
        response.Passed = check.Passed;
        return response;
    }

    private static GoldenImage Compare(ServedVersion version, ReadOnlySpan<byte> pixels, Span<float> expected, Span<float> found) => new()
    {
        Pixels = ByteString.CopyFrom(pixels),
        Expected = Best(version, expected),
        Found = Best(version, found),
        Difference = GoldenCheck.LargestDifference(found, expected),
    };

    private static V1.Prediction Best(ServedVersion version, ReadOnlySpan<float> probabilities)
    {
        var best = TopK.ArgMax(probabilities);
        return new() { Index = best, Label = version.Facts.Labels[best], Probability = probabilities[best] };
    }
}
