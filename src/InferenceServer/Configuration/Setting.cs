namespace LeNetServe.InferenceServer.Configuration;

/// <summary>One key of the configuration, for <c>--help</c> and for finding misspelt ones.</summary>
/// <param name="Key">Such as <c>Models:Path</c>; a key that ends in <c>:*</c> takes any name there.</param>
/// <param name="Default">The value when nothing is configured, as text.</param>
/// <param name="Allowed">What values are taken.</param>
/// <param name="Meaning">What it does, in a line.</param>
internal sealed record Setting(string Key, string Default, string Allowed, string Meaning);
