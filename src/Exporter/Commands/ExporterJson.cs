using System.Text.Json.Serialization;
using LeNetServe.Exporter.Inspect;
using LeNetServe.Exporter.Proof;
using LeNetServe.Exporter.Quantize;

namespace LeNetServe.Exporter.Commands;

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
internal sealed partial class ExporterJson : JsonSerializerContext;
