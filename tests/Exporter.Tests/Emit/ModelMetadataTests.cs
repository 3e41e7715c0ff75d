using System.Text.Json;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Tests.Interoperability;
using LeNetServe.Models;

namespace LeNetServe.Exporter.Tests.Emit;

public sealed class ModelMetadataTests
{
    /// <summary>A manifest of an earlier version is written again byte for byte, so that equal runs still give equal files.</summary>
    [Fact]
    public void Manifest_OfEveryShippedModel_IsWrittenAsItStands() => Assert.All(Repository.ShippedVersions, version =>
    {
        var path = Path.Combine(version, "model.onnx");
        var stored = OnnxFile.Metadata(OnnxFile.Read(path).Model)[ModelManifest.MetadataKey];

        var manifest = JsonSerializer.Deserialize(stored, LeNetJson.Default.ModelManifest)!;

        Assert.Equal(stored, JsonSerializer.Serialize(manifest, LeNetJson.Default.ModelManifest));
    });
}
