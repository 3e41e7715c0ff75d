using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace LeNetServe.Trainer.Configuration;

/// <summary>
/// JSON of the Trainer's own files, written like <see cref="LeNetJson"/>'s; an unknown key is an error. It uses reflection, because the
/// source generator sets an absent init property to zero instead of leaving it at its default.
/// </summary>
internal static class TrainerJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        WriteIndented = true,
    };

    public static JsonTypeInfo<TrainingConfig> TrainingConfig { get; } = Of<TrainingConfig>();

    /// <summary>Gets the contract of another type.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>Reads a file that is a part of the program.</summary>
    public static T Embedded<T>(string name)
    {
        using var stream = typeof(TrainerJson).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the program");
        return JsonSerializer.Deserialize(stream, Of<T>())!;
    }
}
