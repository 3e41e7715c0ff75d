namespace LeNetServe.Exporter.Emit;

/// <summary>A model as written, and the tensors in it that hold the trained layers' values.</summary>
/// <param name="Model">The file's content.</param>
/// <param name="Values">The tensor with each layer's values, by the layer's name; layers that are folded away are absent.</param>
internal sealed record EmittedModel(ModelProto Model, IReadOnlyList<KeyValuePair<string, string>> Values);
