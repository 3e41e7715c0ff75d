namespace LeNetServe.Exporter.Emit;

/// <summary>The outputs of a model.</summary>
[Flags]
internal enum ModelOutputs
{
    /// <summary><c>probabilities</c>.</summary>
    Probabilities = 1,

    /// <summary><c>logits</c>; alone, the softmax is left out.</summary>
    Logits = 2,

    /// <summary><c>probabilities</c> and <c>logits</c>.</summary>
    Both = Probabilities | Logits,

    /// <summary>The values of every layer, under the layer's name.</summary>
    Layers = 4,

    /// <summary><c>gradient</c>: the gradient of each image's largest logit by its pixels.</summary>
    Gradient = 8,

    /// <summary><c>novelty</c>: the strangeness of each image.</summary>
    Novelty = 16,
}
