namespace LeNetServe.Datasets;

/// <summary>A picture and its class, 0..classes−1.</summary>
internal readonly record struct LabeledFile(string Path, int Label);
