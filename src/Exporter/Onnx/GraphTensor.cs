namespace LeNetServe.Exporter.Onnx;

/// <summary>A tensor of a graph.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Shape">Its dimensions, without the batch.</param>
internal sealed record GraphTensor(string Name, IReadOnlyList<long> Shape);
