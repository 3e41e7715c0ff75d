using System.Text.Json.Serialization;

namespace LeNetServe.Imaging;

/// <summary>The way from a picture of any size to the model's input.</summary>
public enum Geometry
{
    /// <summary>Resized to the model's size.</summary>
    [JsonStringEnumMemberName("fit")]
    Fit,

    /// <summary>
    /// MNIST's own recipe. The polarity is detected and ink made bright. The ink is cropped, scaled into 20×20, centered in 28×28 by its
    /// center of mass, and padded to 32×32.
    /// </summary>
    [JsonStringEnumMemberName("digit")]
    Digit,

    /// <summary>No geometry. A picture of another size than the model's or the data set's is an error.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}
