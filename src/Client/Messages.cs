using Google.Protobuf.Collections;
using Grpc.Core;

namespace LeNetServe.Client;

/// <summary>Converts messages to the client's records.</summary>
internal static class Messages
{
    public static Classification Classification(V1.ClassifyResponse response) =>
        new(response.Model, response.Version, Predictions(response.Predictions))
        {
            Novelty = response.HasNovelty ? response.Novelty : null,
            IsKnown = response.HasIsKnown ? response.IsKnown : null,
            LabelSet = [.. response.LabelSet],
        };

    public static IReadOnlyList<ImageOutcome> Outcomes(V1.ClassifyBatchResponse response, IReadOnlyList<ImageSource> images)
    {
        var outcomes = new ImageOutcome[images.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var item = response.Items[i];
            outcomes[i] = item.Error is { } error
                ? new ImageOutcome { Id = images[i].Id, Error = LeNetServeException.From(error) }
                : new ImageOutcome
                {
                    Id = images[i].Id,
                    Classification = new Classification(response.Model, response.Version, Predictions(item.Predictions))
                    {
                        Novelty = item.HasNovelty ? item.Novelty : null,
                        IsKnown = item.HasIsKnown ? item.IsKnown : null,
                        LabelSet = [.. item.LabelSet],
                    },
                };
        }
        return outcomes;
    }

    public static ImageOutcome Outcome(V1.ClassifyStreamResponse response) =>
        response.OutcomeCase == V1.ClassifyStreamResponse.OutcomeOneofCase.Response
            ? new ImageOutcome { Id = response.Id, Classification = Classification(response.Response) }
            : new ImageOutcome
            {
                Id = response.Id,
                Error = LeNetServeException.From(
                    response.Error ?? new V1.Error { Code = (int)StatusCode.Internal, Message = "an empty answer" }),
            };

    public static ModelInfo Model(V1.Model model) => new()
    {
        Name = model.Name,
        Version = model.Version,
        Labels = [.. model.Labels],
        Channels = model.Channels,
        Height = model.Height,
        Width = model.Width,
        Geometry = (Geometry)model.Geometry,
        Sha256 = model.Sha256,
        Device = model.Device,
        IsDefault = model.Default,
        State = model.State,
        Manifest = model.Manifest,
    };

    private static Prediction[] Predictions(RepeatedField<V1.Prediction> predictions)
    {
        var result = new Prediction[predictions.Count];
        for (var i = 0; i < result.Length; i++)
            result[i] = new Prediction(predictions[i].Index, predictions[i].Label, predictions[i].Probability);
        return result;
    }
}
