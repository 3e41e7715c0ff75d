using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Scoring;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>JSON Lines: an object a row, always with the same keys.</summary>
internal sealed class JsonRows(ScoringModel model, int topK) : RowText(model, topK)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly JsonEncodedText Path = JsonEncodedText.Encode("path");
    private static readonly JsonEncodedText Label = JsonEncodedText.Encode("label");
    private static readonly JsonEncodedText Index = JsonEncodedText.Encode("index");
    private static readonly JsonEncodedText Score = JsonEncodedText.Encode("score");
    private static readonly JsonEncodedText Top = JsonEncodedText.Encode("top");
    private static readonly JsonEncodedText Actual = JsonEncodedText.Encode("actual");
    private static readonly JsonEncodedText Error = JsonEncodedText.Encode("error");
    private static readonly JsonEncodedText ErrorText = JsonEncodedText.Encode("error_text");
    private static readonly JsonEncodedText ModelName = JsonEncodedText.Encode("model");
    private static readonly JsonEncodedText Version = JsonEncodedText.Encode("version");
    private static readonly JsonEncodedText ModelSha256 = JsonEncodedText.Encode("model_sha256");

    private readonly JsonEncodedText[] labels = [.. model.Labels.Select(label => JsonEncodedText.Encode(label, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];
    private readonly JsonEncodedText name = JsonEncodedText.Encode(model.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
    private readonly JsonEncodedText sha256 = JsonEncodedText.Encode(model.Sha256);

    public override void Write(ReadOnlySpan<ScoreRow> rows, ArrayBufferWriter<byte> target)
    {
        using var json = new Utf8JsonWriter(target, Options);
        foreach (var row in rows)
        {
            Write(row, json);
            json.Flush();
            target.Write("\n"u8);
            json.Reset();
        }
    }

    private void Write(ScoreRow row, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString(Path, row.Name);
        if (row.Error is null)
        {
            WriteScore(row.Top[0], json);
            json.WriteStartArray(Top);
            foreach (var score in row.Top)
            {
                json.WriteStartObject();
                WriteScore(score, json);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        else
        {
            json.WriteNull(Label);
            json.WriteNull(Index);
            json.WriteNull(Score);
            json.WriteStartArray(Top);
            json.WriteEndArray();
        }
        if (row.Actual >= 0)
            json.WriteString(Actual, labels[row.Actual]);
        else
            json.WriteNull(Actual);
        json.WriteString(Error, row.Error?.Kind);
        json.WriteString(ErrorText, row.Error?.Text);
        json.WriteString(ModelName, name);
        json.WriteNumber(Version, Model.Version);
        json.WriteString(ModelSha256, sha256);
        json.WriteEndObject();
    }

    private void WriteScore(Score score, Utf8JsonWriter json)
    {
        json.WriteString(Label, labels[score.Index]);
        json.WriteNumber(Index, score.Index);
        if (float.IsFinite(score.Probability))
            json.WriteNumber(Score, score.Probability);
        else
            json.WriteNull(Score);
    }
}
