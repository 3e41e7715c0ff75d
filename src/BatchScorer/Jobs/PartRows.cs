using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Outputs;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>
/// Writes rows for a part's file: an array a row, of path, content hash, actual class, and the best classes with
/// the novelty, if the model has one, or the error.
/// </summary>
internal sealed class PartRows(ScoringModel model) : RowText(model)
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true
    };

    public override void Write(ReadOnlySpan<ScoreRow> rows, ArrayBufferWriter<byte> target)
    {
        using var json = new Utf8JsonWriter(target, Options);
        foreach (var row in rows)
        {
            json.WriteStartArray();
            json.WriteStringValue(row.Name);
            json.WriteBase64StringValue(row.ContentHash);
            json.WriteNumberValue(row.Actual);
            if (row.Error is { } error)
            {
                json.WriteStringValue(error.Kind);
                json.WriteStringValue(error.Text);
            }
            else
            {
                foreach (var score in row.Top)
                {
                    json.WriteNumberValue(score.Index);
                    json.WriteNumberValue(BitConverter.SingleToInt32Bits(score.Probability));
                }
            }
            if (row.Novelty is { } novelty)
                json.WriteNumberValue(BitConverter.SingleToInt32Bits(novelty));
            json.WriteEndArray();
            json.Flush();
            target.Write("\n"u8);
            json.Reset();
        }
    }

    /// <summary>Reads a row; <see cref="JsonException"/> or <see cref="InvalidOperationException"/> if it is damaged.</summary>
    public static ScoreRow Read(ReadOnlySpan<byte> line, int topK)
    {
        var row = new ScoreRow(topK);
        var json = new Utf8JsonReader(line);
        Next(ref json, JsonTokenType.StartArray);
        row.Name = Next(ref json, JsonTokenType.String).GetString()!;
        Next(ref json, JsonTokenType.String).GetBytesFromBase64().CopyTo(row.ContentHash, 0);
        row.Actual = Next(ref json, JsonTokenType.Number).GetInt32();
        json.Read();
        if (json.TokenType == JsonTokenType.String)
        {
            row.Error = new RowError(json.GetString()!, Next(ref json, JsonTokenType.String).GetString()!);
            json.Read();
        }
        else
        {
            ReadTop(ref json, row.Top);
        }
        if (json.TokenType == JsonTokenType.Number)
        {
            row.Novelty = BitConverter.Int32BitsToSingle(json.GetInt32());
            json.Read();
        }
        return json.TokenType == JsonTokenType.EndArray ? row : throw new JsonException($"found {json.TokenType}, expected the row's end");
    }

    private static void ReadTop(ref Utf8JsonReader json, Prediction[] top)
    {
        for (var rank = 0; rank < top.Length; rank++)
        {
            var index = json.GetInt32();
            top[rank] = new Prediction(index, BitConverter.Int32BitsToSingle(Next(ref json, JsonTokenType.Number).GetInt32()));
            json.Read();
        }
    }

    private static ref Utf8JsonReader Next(ref Utf8JsonReader json, JsonTokenType expected)
    {
        if (!json.Read() || json.TokenType != expected)
            throw new JsonException($"found {json.TokenType}, expected {expected}");
        return ref json;
    }
}
