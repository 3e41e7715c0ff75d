using System.Text.Json;

namespace LeNetServe.Exporter.Tests.Interoperability;

/// <summary>A tool's answer for one model: a line that its script prints.</summary>
internal sealed record ToolAnswer(string Directory, string Tool, string Version)
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public string? Error { get; init; }

    public int? Images { get; init; }

    public int? SameArgmax { get; init; }

    public double? MaxDifference { get; init; }

    /// <summary>The largest difference from ONNX Runtime's gradient, for a case that has one.</summary>
    public double? MaxGradientDifference { get; init; }

    /// <summary>
    /// The largest difference from ONNX Runtime's novelty for a case that has one, as a share of a novelty above 1.
    /// </summary>
    public double? MaxNoveltyDifference { get; init; }
}
