namespace LeNetServe.InferenceServer.Inference;

/// <summary>The meaning of an input's bytes.</summary>
internal enum InputKind
{
    /// <summary>Raw pixels, N×C×H×W bytes 0..255.</summary>
    Pixels,

    /// <summary>Input values, N×C×H×W little-endian 32-bit floats, which the graph receives unchanged.</summary>
    Floats,

    /// <summary>One encoded picture.</summary>
    Encoded,
}
