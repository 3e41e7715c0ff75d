namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>A requested output.</summary>
/// <param name="Name">Name of the model's output.</param>
/// <param name="Classes">The number of best classes as text (classification extension); 0 for the numbers.</param>
/// <param name="Binary">Whether the data follow the JSON as bytes (REST only).</param>
internal readonly record struct RequestedOutput(string Name, int Classes, bool Binary);
