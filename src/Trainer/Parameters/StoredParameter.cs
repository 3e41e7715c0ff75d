namespace LeNetServe.Trainer.Parameters;

/// <summary>Where a parameter lies in the flat tensors of a <see cref="ParameterStore"/>.</summary>
/// <param name="Name"><c>layer.parameter</c>, as in the weights file.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Offset">Index of its first value.</param>
/// <param name="Count">Number of its values.</param>
/// <param name="IsTrained">In the flat tensor of trained values; otherwise in the other.</param>
internal sealed record StoredParameter(string Name, long[] Shape, int Offset, int Count, bool IsTrained);
