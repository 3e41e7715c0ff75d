using System.Buffers;
using System.Globalization;
using System.Text;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>CSV by RFC 4180: a header, CRLF at the end of each record, quotes where a field needs them, UTF-8.</summary>
internal sealed class CsvRows : RowText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    private readonly byte[] header;
    private readonly byte[][] labels;
    private readonly byte[] ending;

    public CsvRows(ScoringModel model, int topK)
        : base(model, topK)
    {
        var others = string.Concat(Enumerable.Range(2, topK - 1).Select(rank => $"label_{rank},index_{rank},score_{rank},"));
        header = Encoding.UTF8.GetBytes($"path,label,index,score,{others}actual,error,error_text,model,version,model_sha256\r\n");
        labels = [.. model.Labels.Select(label => Encoding.UTF8.GetBytes(Quoted(label)))];
        ending = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Quoted(model.Name)},{model.Version},{model.Sha256}\r\n"));
    }

    public override ReadOnlySpan<byte> Header => header;

    public override void Write(ReadOnlySpan<ScoreRow> rows, ArrayBufferWriter<byte> target)
    {
        foreach (var row in rows)
        {
            Text(row.Name, target);
            foreach (var score in row.Top)
                Scored(row, score, target);
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

    private static void Text(string? text, ArrayBufferWriter<byte> target)
    {
        if (string.IsNullOrEmpty(text))
            return;
        _ = Encoding.UTF8.GetBytes(Quoted(text), target);
    }

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(Special) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
