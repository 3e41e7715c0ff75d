using System.Text.Json.Serialization;
using LeNetServe.Exporter.Inspect;
using LeNetServe.Exporter.Prove;
using LeNetServe.Exporter.Quantize;
using LeNetServe.Exporter.Verify;

namespace LeNetServe.Exporter;

/// <summary>JSON that this program writes: snake_case, indented.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ModelProof))]
[JsonSerializable(typeof(QuantizationReport))]
[JsonSerializable(typeof(VerifyResult))]
[JsonSerializable(typeof(ModelInspection))]
[JsonSerializable(typeof(IReadOnlyList<ModelDifference>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ExporterJson : JsonSerializerContext
{
    /// <summary>The same on one line, every letter as it is.</summary>
    public static ExporterJson Compact { get; } = new(new(System.Text.Json.JsonSerializerDefaults.General) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
