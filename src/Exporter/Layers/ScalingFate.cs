namespace LeNetServe.Exporter.Layers;

/// <summary>The fate of the input's normalization at a layer.</summary>
internal enum ScalingFate
{
    /// <summary>The layer needs normalized values; the normalization becomes nodes of its own before the first layer.</summary>
    Stopped,

    /// <summary>The layer gives the same for raw values, normalized afterwards.</summary>
    Passed,

    /// <summary>The normalization is in the layer's weights now.</summary>
    Taken,
}
