using LeNetServe.Imaging;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.InferenceServer.Models;

/// <summary>
/// One version in memory, immutable. The repository holds one reference and every request in flight another; the last to let go closes the
/// session, so a version can be taken away while it answers.
/// </summary>
internal sealed class ServedVersion
{
    private readonly ImagePreprocessor asDeclared;
    private readonly ImagePreprocessor[] byGeometry;
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int references = 1;

    public ServedVersion(string name, long version, ClassifierModel model, ModelMetrics metrics, int quickImages, long maxImagePixels)
    {
        Name = name;
        Version = version;
        Model = model;
        Metrics = metrics;
        QuickImages = quickImages;
        Drift = model.Facts.Manifest?.Certainty?.Answers is { } answers ? new(answers) : null;
        asDeclared = new(model.Facts.Imaging, maxImagePixels);
        byGeometry =
        [
            .. Enum.GetValues<Geometry>()
                .Select(geometry => new ImagePreprocessor(model.Facts.Imaging with { Geometry = geometry }, maxImagePixels)),
        ];
    }

    /// <summary>The model's name: its folder's.</summary>
    public string Name { get; }

    /// <summary>The version: its folder's.</summary>
    public long Version { get; }

    /// <summary>The open model.</summary>
    public ClassifierModel Model { get; }

    /// <summary>The facts that the model's file states.</summary>
    public ModelFacts Facts => Model.Facts;

    /// <summary>The figures of the version.</summary>
    public ModelMetrics Metrics { get; }

    /// <summary>Gets the number of images of pixels that run in less time than another thread would cost; 0: not even one.</summary>
    public int QuickImages { get; }

    /// <summary>Completes when the last request has let go and the session is closed.</summary>
    public Task Drained => drained.Task;

    /// <summary>Gets the preprocessor of pictures: as the model declares, unless the caller asks for another geometry.</summary>
    public ImagePreprocessor Preprocessor(Geometry? geometry) => geometry is { } asked ? byGeometry[(int)asked] : asDeclared;

    /// <summary>Gets the comparison of the last answers with those to held-out training images; null if the manifest has none.</summary>
    public DriftWindow? Drift { get; }

    /// <summary>Gets the log of images; null if it is off, or if the model's input is not a picture.</summary>
    public ImageLog? ImageLog { get; init; }

    /// <summary>Counts the images whose novelty is above the model's threshold, and adds the answers to <see cref="Drift"/>.</summary>
    /// <param name="rows">Rows of <see cref="ModelFacts.RowLength"/> values.</param>
    public void Watch(ReadOnlySpan<float> rows)
    {
        if (Drift is null && Facts.NoveltyThreshold is null)
            return;
        for (var first = 0; first < rows.Length; first += Facts.RowLength)
        {
            var row = rows.Slice(first, Facts.RowLength);
            if (Facts.NoveltyThreshold is not null && !Facts.IsKnown(row[^1]))
                Metrics.CountUnknown();
            var answer = TopK.ArgMax(row[..Facts.Classes]);
            Drift?.Add(answer, row[answer], row[^1]);
        }
    }

    /// <summary>Describes an image and its answer for <see cref="ImageLog"/>.</summary>
    /// <param name="pixels">The pixels that the model got. The result keeps them.</param>
    /// <param name="row"><see cref="ModelFacts.RowLength"/> values.</param>
    public LoggedImage Describe(byte[] pixels, ReadOnlySpan<float> row)
    {
        var probabilities = row[..Facts.Classes].ToArray();
        Model.ToProbabilities(probabilities);
        var answer = TopK.ArgMax(probabilities);
        float? novelty = Facts.NoveltyThreshold is null ? null : row[^1];
        return new(Name, Version, Facts.Labels[answer], probabilities[answer], novelty, Facts.Input, pixels);
    }

    /// <summary>Takes a reference; false if the version is closed already.</summary>
    public bool TryAcquire()
    {
        var current = Volatile.Read(ref references);
        while (current > 0)
        {
            var seen = Interlocked.CompareExchange(ref references, current + 1, current);
            if (seen == current)
                return true;
            current = seen;
        }
        return false;
    }

    /// <summary>Gives a reference back; the last one closes the version, on a thread of its own, for that takes a while.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0)
            _ = Task.Factory.StartNew(Close, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Close()
    {
        try
        {
            Model.Dispose();
        }
        finally
        {
            drained.SetResult();
        }
        NativeHeap.Trim();
    }

    /// <summary><c>name/version</c>.</summary>
    public override string ToString() => $"{Name}/{Version}";
}
