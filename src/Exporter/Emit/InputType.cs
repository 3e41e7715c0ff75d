namespace LeNetServe.Exporter.Emit;

/// <summary>Element types of a model's input.</summary>
internal enum InputType
{
    /// <summary>32-bit floats, 0..255.</summary>
    Float32,

    /// <summary>Bytes; a Cast is the graph's first node.</summary>
    UInt8,
}
