using LeNetServe.Exporter.Proof;

namespace LeNetServe.Exporter.Export;

/// <summary>A model that was written and measured, in memory.</summary>
/// <param name="Model">Content of <c>model.onnx</c>.</param>
/// <param name="Labels">Class names in the order of the outputs.</param>
/// <param name="Golden">Content of <c>golden.safetensors</c>.</param>
/// <param name="Proof">The figures; <see cref="ModelProof.Passed"/> tells if the model may be published.</param>
internal sealed record ExportResult(byte[] Model, IReadOnlyList<string> Labels, byte[] Golden, ModelProof Proof);
