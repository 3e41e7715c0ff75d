namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>A tensor of a request: row-major, little-endian bytes without padding.</summary>
/// <param name="Name">Name of the model's input.</param>
/// <param name="Datatype">Protocol name of the element type in the request.</param>
/// <param name="Shape">Dimensions, beginning with the batch.</param>
/// <param name="Data">The elements. An element of BYTES is its length as UInt32, followed by its bytes.</param>
internal readonly record struct RawTensor(string Name, string Datatype, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data);
