namespace LeNetServe.Runtime.Explaining;

/// <summary>The parts of an image that speak for a class, and those that speak against it.</summary>
/// <param name="Method">The way that found them.</param>
/// <param name="Target">The class.</param>
/// <param name="Values">H×W. Positive: the covered place lost, or a brighter pixel would gain.</param>
public sealed record Attribution(AttributionMethod Method, int Target, float[] Values);
