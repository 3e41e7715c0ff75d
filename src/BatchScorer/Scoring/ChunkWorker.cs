using System.Security.Cryptography;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Imaging;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Scoring;

/// <summary>Reads, decodes and classifies the images of a chunk. One worker's own.</summary>
/// <param name="classifier">The model; shared.</param>
/// <param name="imaging">Pictures to pixels; shared.</param>
/// <param name="labels">The folder names that are labels; shared.</param>
/// <param name="topK">Best classes in a row.</param>
/// <param name="reject">Gives images with a novelty above the model's threshold an error instead of a score.</param>
/// <param name="hashContent">Gives rows their image's hash, and takes known rows of equal hash as they are.</param>
/// <param name="finish">Called for a chunk with filled rows, for example to write them as text.</param>
internal sealed class ChunkWorker(
    IBatchClassifier classifier, ImagePreprocessor imaging, FolderLabels labels, int topK, bool reject, bool hashContent,
    Action<Chunk> finish)
{
    private readonly ImageReader reader = new();
    private readonly int imageBytes = classifier.Model.Imaging.Input.Count;
    private readonly byte[] pixels = new byte[Chunk.Capacity * classifier.Model.Imaging.Input.Count];
    private readonly Prediction[] scores = new Prediction[Chunk.Capacity * topK];
    private readonly float[] novelties = new float[classifier.Model.NoveltyThreshold is null ? 0 : Chunk.Capacity];
    private readonly int[] rows = new int[Chunk.Capacity];

    public async ValueTask ScoreAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        var count = 0;
        for (var i = 0; i < chunk.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var target = pixels.AsSpan(count * imageBytes, imageBytes);
            var decoded = Decode(chunk.Images[i], chunk.Rows[i], target);
            // A chunk may wait for those before it; what a member of an archive came with is not kept until then.
            if (chunk.Images[i].Content is not null)
                chunk.Images[i] = chunk.Images[i] with
                { Content = null, Pixels = decoded ? target.ToArray() : null, Error = chunk.Rows[i].Error };
            if (decoded)
                rows[count++] = i;
        }
        if (count > 0)
            await classifier.ClassifyAsync(
                pixels.AsMemory(0, count * imageBytes),
                count,
                topK,
                scores.AsMemory(0, count * topK),
                novelties.AsMemory(0, Math.Min(count, novelties.Length)),
                cancellationToken);
        for (var i = 0; i < count; i++)
        {
            scores.AsSpan(i * topK, topK).CopyTo(chunk.Rows[rows[i]].Top);
            if (float.IsNaN(scores[i * topK].Probability))
                chunk.Rows[rows[i]].Error = new RowError(RowError.NotFinite, "the model's output for it is NaN or infinite");
            else if (novelties.Length > 0)
                Judge(chunk.Rows[rows[i]], novelties[i]);
        }
        finish(chunk);
    }

    private void Judge(ScoreRow row, float novelty)
    {
        row.Novelty = float.IsFinite(novelty) ? novelty : null;
        if (reject && !(novelty <= classifier.Model.NoveltyThreshold))
            row.Error = new RowError(
                RowError.Unknown, $"its novelty is {novelty:0.###}, expected at most {classifier.Model.NoveltyThreshold:0.###}");
    }

    private bool Decode(InputImage image, ScoreRow row, Span<byte> target)
    {
        row.Name = image.Name;
        row.Actual = labels.IndexOf(image.Folder);
        row.Novelty = null;
        row.Error = reader.Read(image, out var content);
        Array.Clear(row.ContentHash);
        if (row.Error is not null)
            return false;
        if (hashContent && IsKnown(image.Known, row, content))
            return false;
        try
        {
            imaging.Process(content, target);
            return true;
        }
        catch (ImageException exception)
        {
            row.Error = new RowError(exception.FaultName, exception.Message);
            return false;
        }
    }

    private static bool IsKnown(ScoreRow? known, ScoreRow row, ReadOnlySpan<byte> content)
    {
        SHA256.HashData(content, row.ContentHash);
        if (known is null || !known.ContentHash.AsSpan().SequenceEqual(row.ContentHash))
            return false;
        row.Error = known.Error;
        row.Novelty = known.Novelty;
        known.Top.CopyTo(row.Top, 0);
        return true;
    }
}
