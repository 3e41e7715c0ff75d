using System.Text.Encodings.Web;
using System.Text.Json;
using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>Writes <c>summary.json</c>. Its content does not differ from run to run, so equal inputs give an equal file.</summary>
internal static class SummaryFile
{
    public static void Write(string path, Tally tally) => AtomicFile.Write(path, stream =>
    {
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using var json = new Utf8JsonWriter(stream, options);
        json.WriteStartObject();
        json.WriteNumber("format", 1);
        json.WriteStartObject("model");
        json.WriteString("name", tally.Model.Name);
        json.WriteNumber("version", tally.Model.Version);
        json.WriteString("sha256", tally.Model.Sha256);
        json.WriteString("imaging", ImagingKey.Of(tally.Model.Imaging));
        json.WriteEndObject();
        json.WriteNumber("images", tally.Images);
        json.WriteNumber("scored", tally.Images - tally.Failed);
        json.WriteNumber("failed", tally.Failed);
        json.WriteStartObject("errors");
        foreach (var (kind, count) in tally.Errors)
            json.WriteNumber(kind, count);
        json.WriteEndObject();
        if (tally.Accuracy is { } accuracy)
            WriteLabeled(json, tally, accuracy);
        json.WriteEndObject();
        json.Flush();
        stream.Write("\n"u8);
    });

    private static void WriteLabeled(Utf8JsonWriter json, Tally tally, double accuracy)
    {
        json.WriteNumber("labelled", tally.Labeled);
        json.WriteNumber("correct", tally.Correct);
        json.WriteNumber("accuracy", accuracy);
        json.WriteStartArray("classes");
        foreach (var figures in ClassFigures.Of(tally))
        {
            json.WriteStartObject();
            json.WriteString("label", figures.Label);
            json.WriteNumber("images", figures.Images);
            json.WriteNumber("predicted", figures.Predicted);
            WriteNumber(json, "precision", figures.Precision);
            WriteNumber(json, "recall", figures.Recall);
            WriteNumber(json, "f1", figures.F1);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("confusion");
        json.WriteString("rows", "actual");
        json.WriteString("columns", "predicted");
        json.WriteStartArray("counts");
        for (var actual = 0; actual < tally.Model.Labels.Count; actual++)
        {
            json.WriteStartArray();
            for (var predicted = 0; predicted < tally.Model.Labels.Count; predicted++)
                json.WriteNumberValue(tally.Confusion[actual, predicted]);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
