namespace LeNetServe.Exporter.Emit;

/// <summary>The outputs of a model.</summary>
internal enum ModelOutputs
{
    /// <summary><c>probabilities</c>.</summary>
    Probabilities,

    /// <summary><c>logits</c>; the softmax is left out.</summary>
    Logits,

    /// <summary><c>probabilities</c> and <c>logits</c>.</summary>
    Both,
}
