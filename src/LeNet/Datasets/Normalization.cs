namespace LeNetServe.Datasets;

/// <summary>
/// Mean and standard deviation of each channel of the training images' raw pixels (0..255), padding included: x′ = (x − mean)/deviation.
/// </summary>
public sealed record Normalization(IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation);
