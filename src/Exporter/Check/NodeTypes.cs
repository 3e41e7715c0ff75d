using LeNetServe.Exporter.Onnx;

namespace LeNetServe.Exporter.Check;

/// <summary>A node with the types of its inputs: what a rule infers the output from.</summary>
/// <param name="Node">The node.</param>
/// <param name="Inputs">Types of its inputs, in order.</param>
/// <param name="Constants">The graph's initializers by name.</param>
internal sealed record NodeTypes(NodeProto Node, IReadOnlyList<ValueType> Inputs, IReadOnlyDictionary<string, TensorProto> Constants)
{
    /// <summary>The first input: the value the node works on.</summary>
    public ValueType X => Inputs[0];

    /// <summary>Type of an input that may be absent.</summary>
    public ValueType? Optional(int index) => index < Inputs.Count ? Inputs[index] : null;

    /// <summary>The initializer behind an input.</summary>
    public TensorProto Constant(int index) => Constants.TryGetValue(Node.Input[index], out var tensor)
        ? tensor
        : throw Reject($"input {index} (\"{Node.Input[index]}\") is computed, expected a constant");

    /// <summary>Throws unless <paramref name="holds"/>.</summary>
    public void Require(bool holds, string message)
    {
        if (!holds)
            throw Reject(message);
    }

    /// <summary>The failure of a rule.</summary>
    public InvalidDataException Reject(string message) => new($"{Node.OpType} with inputs {string.Join(", ", Inputs)}: {message}");
}
