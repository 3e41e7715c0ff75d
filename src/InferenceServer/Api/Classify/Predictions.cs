using Google.Protobuf.Collections;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>From a row of outputs to the best classes with their labels.</summary>
internal static class Predictions
{
    private const int StackLimit = 128;

    /// <summary>Adds the best <paramref name="topK"/> classes, 0 for all; the outputs become probabilities in place.</summary>
    public static void Add(RepeatedField<V1.Prediction> target, ServedVersion version, Span<float> outputs, int topK)
    {
        var (labels, count) = (version.Facts.Labels, topK == 0 ? outputs.Length : Math.Min(topK, outputs.Length));
        var best = count <= StackLimit ? stackalloc Prediction[count] : new Prediction[count];
        version.Model.ToProbabilities(outputs);
        TopK.Select(outputs, best);
        target.Capacity = count;
        foreach (var (index, probability) in best)
            target.Add(new V1.Prediction { Index = index, Label = labels[index], Probability = probability });
    }
}
