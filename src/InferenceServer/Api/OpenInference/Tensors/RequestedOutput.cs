namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>An output that a request asks for.</summary>
/// <param name="Name">Name of the model's output.</param>
/// <param name="Classes">The classification extension: so many best classes as text; 0 for the numbers.</param>
/// <param name="Binary">REST only: the data follow the JSON as bytes.</param>
internal readonly record struct RequestedOutput(string Name, int Classes, bool Binary);
