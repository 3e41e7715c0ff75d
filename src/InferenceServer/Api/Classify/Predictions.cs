using Google.Protobuf.Collections;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Predictions;
using LeNetServe.V1;
using Prediction = LeNetServe.Runtime.Predictions.Prediction;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Turns a row of outputs into the best classes with their labels, and into the answer's certainty.</summary>
internal static class Predictions
{
    private const int StackLimit = 128;

    /// <summary>Creates the reply of one image. The outputs become probabilities in place.</summary>
    /// <param name="version">The version that answered.</param>
    /// <param name="row">The classes and, if the model has one, the novelty.</param>
    /// <param name="topK">Number of classes, 0 for all.</param>
    /// <param name="threshold">The smallest probability in the set of labels; null for no set.</param>
    public static ClassifyResponse Reply(ServedVersion version, Span<float> row, int topK, double? threshold)
    {
        var response = new ClassifyResponse { Model = version.Name, Version = version.Version };
        var outputs = row[..version.Facts.Classes];
        Add(response.Predictions, version, outputs, topK);
        if (version.Facts.NoveltyThreshold is not null)
        {
            response.Novelty = row[^1];
            response.IsKnown = version.Facts.IsKnown(row[^1]);
        }
        AddSet(response.LabelSet, version, outputs, threshold);
        return response;
    }

    /// <summary>Creates the answer for one image of a batch, as <see cref="Reply"/> does.</summary>
    public static BatchItem Item(ServedVersion version, Span<float> row, int topK, double? threshold)
    {
        ClassifyResponse reply;
        try
        {
            reply = Reply(version, row, topK, threshold);
        }
        catch (InferenceException exception)
        {
            return new() { Error = exception.ToError() };
        }
        var item = new BatchItem { Predictions = { reply.Predictions }, LabelSet = { reply.LabelSet } };
        if (reply.HasNovelty)
        {
            item.Novelty = reply.Novelty;
            item.IsKnown = reply.IsKnown;
        }
        return item;
    }

    /// <summary>Adds the best <paramref name="topK"/> classes, 0 for all. The outputs become probabilities in place.</summary>
    public static void Add(RepeatedField<V1.Prediction> target, ServedVersion version, Span<float> outputs, int topK)
    {
        var labels = version.Facts.Labels;
        var count = topK == 0 ? outputs.Length : Math.Min(topK, outputs.Length);
        var best = count <= StackLimit ? stackalloc Prediction[count] : new Prediction[count];
        version.Model.ToAnswer(outputs);
        TopK.Select(outputs, best);
        target.Capacity = count;
        foreach (var (index, probability) in best)
            target.Add(new V1.Prediction { Index = index, Label = labels[index], Probability = probability });
    }

    /// <summary>Gets the threshold of a coverage; null if no set is asked for.</summary>
    /// <exception cref="InferenceException">The model has no threshold for this coverage.</exception>
    public static double? ThresholdOf(ServedVersion version, double coverage) => coverage == 0 ? null : FindThreshold(version, coverage);

    // Apart from the method above, which must not allocate this closure.
    private static double FindThreshold(ServedVersion version, double coverage)
    {
        var offered = version.Facts.Manifest?.Certainty?.Coverage ?? [];
        if (offered.FirstOrDefault(threshold => Math.Abs(threshold.Coverage - coverage) < 1e-6) is { } found)
            return found.Threshold;
        var known = offered.Count == 0
            ? $"no coverage: the manifest of {version} has no thresholds, because its run was not calibrated"
            : $"0 for no set, or one of {string.Join(", ", offered.Select(threshold => threshold.Coverage))}";
        throw InferenceException.InvalidInput($"coverage is {coverage}, expected {known}", "coverage");
    }

    private static void AddSet(RepeatedField<string> target, ServedVersion version, ReadOnlySpan<float> probabilities, double? threshold)
    {
        if (threshold is null)
            return;
        var ranked = new Prediction[probabilities.Length];
        TopK.Select(probabilities, ranked);
        foreach (var (index, probability) in ranked)
            if (probability >= threshold)
                target.Add(version.Facts.Labels[index]);
    }
}
