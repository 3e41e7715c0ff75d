using System.Buffers;
using LeNetServe.Imaging;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Explaining;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Models;

/// <summary>A model in this process.</summary>
internal sealed class InProcessClassifier : IBatchClassifier
{
    private readonly ClassifierModel model;

    /// <summary>
    /// Opens a model: an ONNX file, a version's directory, or a model's directory, of which the highest version is meant.
    /// </summary>
    public InProcessClassifier(string path, Geometry? geometry, Device device = Device.Auto)
    {
        model = ClassifierModel.Open(path, new() { Device = device });
        var described = Describe(model);
        Model = geometry is { } chosen ? described with { Imaging = described.Imaging with { Geometry = chosen } } : described;
    }

    public ScoringModel Model { get; }

    public int DefaultParallelism => Environment.ProcessorCount;

    public ValueTask ClassifyAsync(
        ReadOnlyMemory<byte> pixels,
        int count,
        int topK,
        Memory<Prediction> scores,
        Memory<float> novelties,
        CancellationToken cancellationToken)
    {
        var length = model.Facts.RowLength;
        var rented = ArrayPool<float>.Shared.Rent(count * length);
        var rows = rented.AsSpan(0, count * length);
        model.Run(pixels.Span, rows);
        for (var image = 0; image < count; image++)
        {
            var row = rows.Slice(image * length, length);
            var probabilities = row[..model.Facts.Classes];
            var best = scores.Span.Slice(image * topK, topK);
            try
            {
                model.ToAnswer(probabilities);
                TopK.Select(probabilities, best);
            }
            catch (InferenceException)
            {
                best.Fill(IBatchClassifier.NotFinite);
            }
            if (novelties.Length > 0)
                novelties.Span[image] = row[^1];
        }
        ArrayPool<float>.Shared.Return(rented);
        return ValueTask.CompletedTask;
    }

    public Attribution Attribute(byte[] pixels, int target)
    {
        var probabilities = new float[model.Facts.Classes];
        model.Classify(pixels, probabilities);
        var (attribution, _) = Explainer.Attribute(model, pixels, probabilities, AttributionMethod.Automatic, target, [], () => { });
        return attribution;
    }

    public void Dispose() => model.Dispose();

    private static ScoringModel Describe(ClassifierModel model)
    {
        var version = Path.GetDirectoryName(Path.GetFullPath(model.Path))!;
        var isVersion = long.TryParse(Path.GetFileName(version), System.Globalization.NumberStyles.None, null, out var number)
            && Path.GetFileName(model.Path) == ModelFiles.ModelFileName;
        return new ScoringModel
        {
            Name = isVersion ? Path.GetFileName(Path.GetDirectoryName(version)!) : model.Facts.Manifest?.Name
                ?? Path.GetFileNameWithoutExtension(model.Path),
            Version = isVersion ? number : 0,
            Sha256 = model.Facts.Sha256,
            Labels = model.Facts.Labels,
            Imaging = model.Facts.Imaging,
            NoveltyThreshold = model.Facts.NoveltyThreshold,
        };
    }
}
