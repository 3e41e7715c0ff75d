using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>
/// Writes <c>summary.json</c>. Its content does not differ from run to run, so equal inputs give an equal file. The serializer's reflection
/// would cost a short run a tenth of its time.
/// </summary>
internal static class SummaryFile
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string path, Tally tally)
    {
        var model = tally.Model;
        var summary = new JsonObject
        {
            ["format"] = 1,
            ["model"] = new JsonObject
            {
                ["name"] = model.Name,
                ["version"] = model.Version,
                ["sha256"] = model.Sha256,
                ["imaging"] = ImagingKey.Of(model.Imaging),
            },
            ["images"] = tally.Images,
            ["scored"] = tally.Images - tally.Failed,
            ["failed"] = tally.Failed,
            ["errors"] = new JsonObject(tally.Errors.Select(error => KeyValuePair.Create(error.Key, (JsonNode?)error.Value))),
        };
        if (tally.Accuracy is not null)
        {
            summary["labelled"] = tally.Labeled;
            summary["correct"] = tally.Correct;
            summary["accuracy"] = tally.Accuracy;
            summary["classes"] = new JsonArray([.. ClassFigures.Of(tally).Select(Class)]);
            summary["confusion"] = new JsonObject
            {
                ["rows"] = "actual",
                ["columns"] = "predicted",
                ["counts"] = new JsonArray([.. tally.Rows.Select(row => new JsonArray([.. row.Select(count => (JsonNode?)count)]))]),
            };
        }
        AtomicFile.Write(path, stream =>
        {
            using (var json = new Utf8JsonWriter(stream, Options))
                summary.WriteTo(json);
            stream.Write("\n"u8);
        });
    }

    private static JsonObject Class(ClassFigures figures) => new()
    {
        ["label"] = figures.Label,
        ["images"] = figures.Images,
        ["predicted"] = figures.Predicted,
        ["precision"] = figures.Precision,
        ["recall"] = figures.Recall,
        ["f1"] = figures.F1,
    };
}
