using Google.Protobuf.Collections;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Runtime.Predictions;
using LeNetServe.V1;
using Prediction = LeNetServe.Runtime.Predictions.Prediction;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Turns a row of outputs into the best classes with their labels.</summary>
internal static class Predictions
{
    private const int StackLimit = 128;

    /// <summary>Creates the reply of one image. The outputs become probabilities in place.</summary>
    public static ClassifyResponse Reply(ServedVersion version, Span<float> outputs, int topK)
    {
        var response = new ClassifyResponse { Model = version.Name, Version = version.Version };
        Add(response.Predictions, version, outputs, topK);
        return response;
    }

    /// <summary>Adds the best <paramref name="topK"/> classes, 0 for all. The outputs become probabilities in place.</summary>
    public static void Add(RepeatedField<V1.Prediction> target, ServedVersion version, Span<float> outputs, int topK)
    {
        var labels = version.Facts.Labels;
        var count = topK == 0 ? outputs.Length : Math.Min(topK, outputs.Length);
        var best = count <= StackLimit ? stackalloc Prediction[count] : new Prediction[count];
        version.Model.ToProbabilities(outputs);
        TopK.Select(outputs, best);
        target.Capacity = count;
        foreach (var (index, probability) in best)
            target.Add(new V1.Prediction { Index = index, Label = labels[index], Probability = probability });
    }
}
