using LeNetServe.Imaging;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>What a caller wants classified. The memory is read while the request runs and never kept.</summary>
/// <param name="Kind">What the bytes are.</param>
/// <param name="Data">The bytes.</param>
/// <param name="Geometry">For an encoded picture: how it becomes the input; null as the model declares.</param>
internal readonly record struct InferenceInput(InputKind Kind, ReadOnlyMemory<byte> Data, Geometry? Geometry = null);
