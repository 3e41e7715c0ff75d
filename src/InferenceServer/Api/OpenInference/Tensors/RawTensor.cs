namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>A request's tensor, whichever way it came: row-major, little-endian bytes without padding.</summary>
/// <param name="Name">Name of the model's input.</param>
/// <param name="Datatype">Protocol name of the element type, as the caller wrote it.</param>
/// <param name="Shape">Dimensions, the batch first.</param>
/// <param name="Data">The elements; an element of BYTES is its length as UInt32 and then its bytes.</param>
internal readonly record struct RawTensor(string Name, string Datatype, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data);
