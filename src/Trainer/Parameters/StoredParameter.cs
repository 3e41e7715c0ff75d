namespace LeNetServe.Trainer.Parameters;

/// <summary>The place of a parameter in the flat tensors of a <see cref="ParameterStore"/>.</summary>
/// <param name="Name"><c>layer.parameter</c>, as in the weights file.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Offset">Index of its first value.</param>
/// <param name="Count">Number of its values.</param>
/// <param name="IsTrained">True in the flat tensor of trained values, false in the other.</param>
internal sealed record StoredParameter(string Name, long[] Shape, int Offset, int Count, bool IsTrained);
