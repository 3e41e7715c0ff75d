namespace LeNetServe.Exporter.Check;

/// <summary>What the standard says of an operator, as far as this project writes it.</summary>
/// <param name="Since">Operator set that introduced the form written here.</param>
/// <param name="MinInputs">Fewest inputs.</param>
/// <param name="MaxInputs">Most inputs.</param>
/// <param name="Attributes">The attributes that may occur.</param>
/// <param name="Infer">Type and shape of the output, from the inputs; throws <see cref="InvalidDataException"/> with what was found and expected.</param>
internal sealed record OperatorRule(int Since, int MinInputs, int MaxInputs, string[] Attributes, Func<NodeTypes, ValueType> Infer);
