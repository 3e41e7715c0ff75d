using System.Text.Json.Serialization;
using LeNetServe.Trainer.Training;

namespace LeNetServe.Trainer.Configuration;

/// <summary>JSON of the Trainer's own files, written like <see cref="LeNetJson"/>'s; an unknown key is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(TrainingConfig))]
[JsonSerializable(typeof(TrainingProgress))]
[JsonSerializable(typeof(RunEnvironment))]
internal sealed partial class TrainerJson : JsonSerializerContext;
