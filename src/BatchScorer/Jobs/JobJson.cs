using System.Text.Json.Serialization;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>JSON of a job's files: one line each, snake_case; an unknown key is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobFile))]
[JsonSerializable(typeof(ListedImage))]
[JsonSerializable(typeof(PartHeader))]
internal sealed partial class JobJson : JsonSerializerContext;
