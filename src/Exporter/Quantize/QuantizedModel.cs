using LeNetServe.Models;

namespace LeNetServe.Exporter.Quantize;

/// <summary>An int8 model that was written and measured, in memory.</summary>
/// <param name="Model">Content of <c>model.onnx</c>.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Golden">Content of <c>golden.safetensors</c>.</param>
/// <param name="Report">The figures.</param>
internal sealed record QuantizedModel(byte[] Model, ModelManifest Manifest, byte[] Golden, QuantizationReport Report);
