using LeNetServe.Exporter.Onnx;

namespace LeNetServe.Exporter.Emit;

/// <summary>A model as written, and where each trained layer's values are in it.</summary>
/// <param name="Model">The file's content.</param>
/// <param name="Values">The tensor that holds the values of each layer, by the layer's name; layers that are folded away are absent.</param>
internal sealed record EmittedModel(ModelProto Model, IReadOnlyList<KeyValuePair<string, string>> Values);
