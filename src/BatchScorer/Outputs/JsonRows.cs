using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>
/// JSON Lines: an object a row, always with the same keys. Text that many rows share is encoded once: a JSON writer's calls would cost more
/// than reading the image.
/// </summary>
internal sealed class JsonRows : RowText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._- !()[]{}=+,:;#@~$%");

    private readonly byte[][] classes;
    private readonly byte[][] actuals;
    private readonly byte[] ending;

    public JsonRows(ScoringModel model)
        : base(model)
    {
        classes = [.. model.Labels.Select((label, index) => Utf8($"\"label\":\"{Escaped(label)}\",\"index\":{index},\"score\":"))];
        actuals = [.. model.Labels.Select(label => Utf8($",\"actual\":\"{Escaped(label)}\""))];
        ending = Utf8($",\"model\":\"{Escaped(model.Name)}\",\"version\":{model.Version},\"model_sha256\":\"{model.Sha256}\"}}\n");
    }

    public override void Write(ReadOnlySpan<ScoreRow> rows, ArrayBufferWriter<byte> target)
    {
        foreach (var row in rows)
        {
            target.Write("{\"path\":\""u8);
            Text(row.Name, target);
            target.Write("\","u8);
            if (row.Error is null)
                Scores(row.Top, target);
            else
                target.Write("\"label\":null,\"index\":null,\"score\":null,\"top\":[]"u8);
            if (Model.NoveltyThreshold is { } threshold)
                Novelty(row.Novelty, threshold, target);
            target.Write(row.Actual >= 0 ? actuals[row.Actual] : ",\"actual\":null"u8);
            if (row.Error is { } error)
                Error(error, target);
            else
                target.Write(",\"error\":null,\"error_text\":null"u8);
            target.Write(ending);
        }
    }

    private void Scores(Prediction[] top, ArrayBufferWriter<byte> target)
    {
        var start = target.WrittenCount;
        Score(top[0], target);
        var best = target.WrittenSpan[start..];
        target.Write(",\"top\":[{"u8);
        target.Write(best);
        foreach (var score in top.AsSpan(1))
        {
            target.Write("},{"u8);
            Score(score, target);
        }
        target.Write("}]"u8);
    }

    private static void Novelty(float? novelty, double threshold, ArrayBufferWriter<byte> target) => _ = Encoding.UTF8.GetBytes(
        novelty is { } value
            ? string.Create(
                CultureInfo.InvariantCulture, $",\"novelty\":{value},\"is_known\":{(value <= threshold ? "true" : "false")}")
            : ",\"novelty\":null,\"is_known\":null",
        target);

    private void Score(Prediction score, ArrayBufferWriter<byte> target)
    {
        target.Write(classes[score.Index]);
        if (!float.IsFinite(score.Probability))
        {
            target.Write("null"u8);
            return;
        }
        _ = score.Probability.TryFormat(target.GetSpan(32), out var written, default, CultureInfo.InvariantCulture);
        target.Advance(written);
    }

    private static void Error(RowError error, ArrayBufferWriter<byte> target)
    {
        target.Write(",\"error\":\""u8);
        Text(error.Kind, target);
        target.Write("\",\"error_text\":\""u8);
        Text(error.Text, target);
        target.Write("\""u8);
    }

    private static void Text(string text, ArrayBufferWriter<byte> target)
    {
        if (text.AsSpan().ContainsAnyExcept(Plain))
            target.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        else
            _ = Encoding.UTF8.GetBytes(text, target);
    }

    private static string Escaped(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
