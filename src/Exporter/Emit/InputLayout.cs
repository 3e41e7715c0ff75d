namespace LeNetServe.Exporter.Emit;

/// <summary>Orders of an input's dimensions.</summary>
internal enum InputLayout
{
    /// <summary>Batch, channels, height, width.</summary>
    Nchw,

    /// <summary>Batch, height, width, channels, as image libraries give them; a Transpose follows the input.</summary>
    Nhwc,
}
