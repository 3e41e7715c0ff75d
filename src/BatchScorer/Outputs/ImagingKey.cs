using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>An imaging spec as one line: equal lines, equal pixels.</summary>
internal static class ImagingKey
{
    public static string Of(ImagingSpec spec) =>
        $"{spec.Geometry.ToString().ToLowerInvariant()} {spec.Input} content {spec.ContentSize} background {spec.Background}";
}
