using System.Buffers;
using System.Globalization;
using System.Text;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Files;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>CSV by RFC 4180: a header, CRLF at the end of each record, quotes if a field needs them, UTF-8.</summary>
internal sealed class CsvRows : RowText
{
    private readonly byte[] header;
    private readonly byte[][] labels;
    private readonly byte[] ending;
    private readonly bool safe;

    public CsvRows(ScoringModel model, int topK, bool safe)
        : base(model)
    {
        this.safe = safe;
        var others = string.Concat(Enumerable.Range(2, topK - 1).Select(rank => $"label_{rank},index_{rank},score_{rank},"));
        var novelty = model.NoveltyThreshold is null ? "" : "novelty,is_known,";
        header = Encoding.UTF8.GetBytes($"path,label,index,score,{others}{novelty}actual,error,error_text,model,version,model_sha256\r\n");
        labels = [.. model.Labels.Select(label => Encoding.UTF8.GetBytes(CsvText.Of(label, safe)))];
        ending = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{CsvText.Of(model.Name, safe)},{model.Version},{model.Sha256}\r\n"));
    }

    public override ReadOnlySpan<byte> Header => header;

    public override void Write(ReadOnlySpan<ScoreRow> rows, ArrayBufferWriter<byte> target)
    {
        foreach (var row in rows)
        {
            Text(row.Name, target);
            foreach (var score in row.Top)
                Scored(row, score, target);
            if (Model.NoveltyThreshold is { } threshold)
                Novelty(row.Novelty, threshold, target);
            target.Write(","u8);
            if (row.Actual >= 0)
                target.Write(labels[row.Actual]);
            target.Write(","u8);
            Text(row.Error?.Kind, target);
            target.Write(","u8);
            Text(row.Error?.Text, target);
            target.Write(","u8);
            target.Write(ending);
        }
    }

    private void Scored(ScoreRow row, Prediction score, ArrayBufferWriter<byte> target)
    {
        if (row.Error is not null)
        {
            target.Write(",,,"u8);
            return;
        }
        target.Write(","u8);
        target.Write(labels[score.Index]);
        target.Write(","u8);
        var number = target.GetSpan(40);
        _ = score.Index.TryFormat(number, out var written, default, CultureInfo.InvariantCulture);
        number[written++] = (byte)',';
        var digits = 0;
        if (float.IsFinite(score.Probability))
            _ = score.Probability.TryFormat(number[written..], out digits, default, CultureInfo.InvariantCulture);
        target.Advance(written + digits);
    }

    private static void Novelty(float? novelty, double threshold, ArrayBufferWriter<byte> target) => _ = Encoding.UTF8.GetBytes(
        novelty is { } value ? string.Create(CultureInfo.InvariantCulture, $",{value},{(value <= threshold ? "true" : "false")}") : ",,",
        target);

    private void Text(string? text, ArrayBufferWriter<byte> target)
    {
        if (string.IsNullOrEmpty(text))
            return;
        _ = Encoding.UTF8.GetBytes(CsvText.Of(text, safe), target);
    }
}
