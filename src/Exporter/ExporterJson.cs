using System.Text.Json.Serialization;
using LeNetServe.Exporter.Prove;

namespace LeNetServe.Exporter;

/// <summary>JSON that this program writes: snake_case, indented.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ModelProof))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ExporterJson : JsonSerializerContext
{
    /// <summary>The same on one line, every letter as it is.</summary>
    public static ExporterJson Compact { get; } = new(new(System.Text.Json.JsonSerializerDefaults.General) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
