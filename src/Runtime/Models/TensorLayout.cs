namespace LeNetServe.Runtime.Models;

/// <summary>Order of an image tensor's dimensions.</summary>
public enum TensorLayout
{
    /// <summary>Batch, channels, height, width: this project's own.</summary>
    Nchw,

    /// <summary>Batch, height, width, channels: as exporters from TensorFlow write it.</summary>
    Nhwc,
}
