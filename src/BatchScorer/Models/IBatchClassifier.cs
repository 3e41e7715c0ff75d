using LeNetServe.Runtime.Explaining;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Models;

/// <summary>Classifies pixels: in process or through servers, with the same answers.</summary>
internal interface IBatchClassifier : IDisposable
{
    /// <summary>The scores of an image for which the model's output is NaN or infinite.</summary>
    static readonly Prediction NotFinite = new(0, float.NaN);

    ScoringModel Model { get; }

    /// <summary>Batches that make sense at a time.</summary>
    int DefaultParallelism { get; }

    /// <summary>Gets the parts of an image that speak for a class; null if the model is elsewhere.</summary>
    /// <param name="pixels">C×H×W bytes, 0..255.</param>
    /// <param name="target">The class.</param>
    Attribution? Attribute(byte[] pixels, int target);

    /// <summary>Classifies images.</summary>
    /// <param name="pixels">N×C×H×W bytes, 0..255.</param>
    /// <param name="count">N.</param>
    /// <param name="topK">Number of best classes wanted.</param>
    /// <param name="scores">N×topK, best first.</param>
    /// <param name="novelties">The novelty of each image; empty if the model has no output for it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask ClassifyAsync(
        ReadOnlyMemory<byte> pixels,
        int count,
        int topK,
        Memory<Prediction> scores,
        Memory<float> novelties,
        CancellationToken cancellationToken);
}
