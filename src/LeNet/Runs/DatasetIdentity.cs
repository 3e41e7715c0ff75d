namespace LeNetServe.Runs;

/// <summary>Which data a model was trained on.</summary>
/// <param name="Name">The data set's name, such as <c>mnist</c>.</param>
/// <param name="TrainImages">Number of training images, those held out for validation included.</param>
/// <param name="TestImages">Number of test images.</param>
/// <param name="Sha256">SHA-256 over all pixels and labels as loaded, lower-case hexadecimal.</param>
public sealed record DatasetIdentity(string Name, int TrainImages, int TestImages, string Sha256);
