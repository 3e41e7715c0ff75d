namespace LeNetServe.Runtime.Models;

/// <summary>The order of an image tensor's dimensions.</summary>
public enum TensorLayout
{
    /// <summary>Batch, channels, height, width: the layout of this project.</summary>
    Nchw,

    /// <summary>Batch, height, width, channels: the layout of exporters from TensorFlow.</summary>
    Nhwc,
}
