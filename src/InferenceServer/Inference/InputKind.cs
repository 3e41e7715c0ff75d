namespace LeNetServe.InferenceServer.Inference;

/// <summary>What the bytes of an input are.</summary>
internal enum InputKind
{
    /// <summary>Raw pixels, N×C×H×W bytes 0..255.</summary>
    Pixels,

    /// <summary>Input values, N×C×H×W little-endian 32-bit floats, for the graph as they are.</summary>
    Floats,

    /// <summary>One encoded picture.</summary>
    Encoded,
}
