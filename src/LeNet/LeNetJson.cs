using System.Text.Json.Serialization;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Specs;

namespace LeNetServe;

/// <summary>JSON as the project's files are written: snake_case, enums by name, indented; an unknown key is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true,
    AllowOutOfOrderMetadataProperties = true,
    WriteIndented = true)]
[JsonSerializable(typeof(LeNetSpec))]
[JsonSerializable(typeof(VariantFile))]
[JsonSerializable(typeof(TrainedModel))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(ModelManifest))]
public sealed partial class LeNetJson : JsonSerializerContext;
