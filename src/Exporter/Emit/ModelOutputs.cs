namespace LeNetServe.Exporter.Emit;

/// <summary>What a model gives.</summary>
internal enum ModelOutputs
{
    /// <summary><c>probabilities</c>.</summary>
    Probabilities,

    /// <summary><c>logits</c>; the softmax is left out.</summary>
    Logits,

    /// <summary><c>probabilities</c> and <c>logits</c>.</summary>
    Both,
}
