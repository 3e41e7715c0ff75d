using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>
/// OpenTelemetry's standard variables. OpenTelemetry itself passes over a wrong value, and then sends nothing or to another place.
/// </summary>
internal static class OtelVariables
{
    private static readonly string[] Protocols = ["grpc", "http/protobuf"];

    private static readonly string[] Samplers =
    [
        "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
    ];

    private static readonly string[] Milliseconds =
    [
        .. OfSignals("TIMEOUT"), "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT", "OTEL_BSP_SCHEDULE_DELAY",
        "OTEL_BSP_EXPORT_TIMEOUT",
    ];

    /// <summary>Gets the variables that name a collector.</summary>
    public static IReadOnlyList<string> Endpoints { get; } = [.. OfSignals("ENDPOINT")];

    /// <summary>Adds a fault for each variable with a wrong value.</summary>
    public static void Check(SettingsReader reader)
    {
        foreach (var name in Endpoints)
            Require(reader, name, text => IsUrl(text, out _), "an http or https URL");
        foreach (var name in OfSignals("PROTOCOL"))
            Require(reader, name, text => Protocols.Contains(text), string.Join(" or ", Protocols), Protocols);
        foreach (var name in Milliseconds)
            Require(reader, name, IsWhole, "milliseconds, a whole number");
        Require(reader, "OTEL_TRACES_SAMPLER", text => Samplers.Contains(text), string.Join(", ", Samplers), Samplers);
        Require(reader, "OTEL_TRACES_SAMPLER_ARG", IsShare, "a share from 0 to 1");
    }

    /// <summary>Checks that a text is an address of HTTP.</summary>
    public static bool IsUrl(string text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is ("http" or "https");

    private static IEnumerable<string> OfSignals(string end) =>
        [$"OTEL_EXPORTER_OTLP_{end}", $"OTEL_EXPORTER_OTLP_TRACES_{end}", $"OTEL_EXPORTER_OTLP_METRICS_{end}"];

    private static bool IsWhole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsShare(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1;

    private static void Require(
        SettingsReader reader, string name, Predicate<string> isRight, string expected, params string[] names)
    {
        if (reader.Has(name) && reader.ValueOf(name)! is var text && !isRight(text))
            reader.Fault($"{name} is \"{text}\", expected {expected}{NearestName.Hint(text, names)}");
    }
}
