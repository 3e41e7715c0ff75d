using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LeNetServe.Imaging;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Specs;

namespace LeNetServe;

/// <summary>
/// The JSON of the project's files: snake_case, enums by name, indented. An unknown key is an error. Records with init properties are read
/// by reflection: the source generator would set an absent one to zero instead of its default.
/// </summary>
public sealed class LeNetJson
{
    private readonly JsonSerializerOptions options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowOutOfOrderMetadataProperties = true,
        Converters =
        {
            new FiniteDouble(),
            new JsonStringEnumConverter<ActivationFunction>(namingPolicy: null, allowIntegerValues: false),
            new JsonStringEnumConverter<Geometry>(namingPolicy: null, allowIntegerValues: false),
            new JsonStringEnumConverter<PoolingKind>(namingPolicy: null, allowIntegerValues: false),
            new JsonStringEnumConverter<WeightPrecision>(namingPolicy: null, allowIntegerValues: false),
        },
        TypeInfoResolver = JsonTypeInfoResolver.Combine(
            LeNetValues.Default, new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutDefaults } }),
        WriteIndented = true,
    };

    private LeNetJson()
    {
    }

    /// <summary>The one instance.</summary>
    public static LeNetJson Default { get; } = new();

    /// <summary>A network.</summary>
    public JsonTypeInfo<LeNetSpec> LeNetSpec => Of<LeNetSpec>();

    /// <summary>A user's network.</summary>
    public JsonTypeInfo<VariantFile> VariantFile => Of<VariantFile>();

    /// <summary>A run's <c>model.json</c>.</summary>
    public JsonTypeInfo<TrainedModel> TrainedModel => Of<TrainedModel>();

    /// <summary>A run's <c>summary.json</c>.</summary>
    public JsonTypeInfo<RunSummary> RunSummary => Of<RunSummary>();

    /// <summary>A run's <c>config.json</c>, to read it without the Trainer.</summary>
    public JsonTypeInfo<Dictionary<string, JsonElement>> Settings => Of<Dictionary<string, JsonElement>>();

    /// <summary>A model file's description of itself.</summary>
    public JsonTypeInfo<ModelManifest> ModelManifest => Of<ModelManifest>();

    /// <summary>Gets the contract of any type.</summary>
    internal JsonTypeInfo TypeInfo(Type type) => options.GetTypeInfo(type);

    // The options create a type's description at its first use and keep it, so a program pays for the files that it reads.
    private JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    // A property that was added later changes no file, run id or hash while it has its [DefaultValue].
    private static void LeaveOutDefaults(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property.AttributeProvider?.GetCustomAttributes(typeof(DefaultValueAttribute), true) is [DefaultValueAttribute initial])
                property.ShouldSerialize = (_, value) => !Equals(value, initial.Value);
    }
}
