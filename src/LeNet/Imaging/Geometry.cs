using System.Text.Json.Serialization;

namespace LeNetServe.Imaging;

/// <summary>How a picture of any size becomes the model's input.</summary>
public enum Geometry
{
    /// <summary>Resized to the model's size.</summary>
    [JsonStringEnumMemberName("fit")]
    Fit,

    /// <summary>
    /// MNIST's own recipe: polarity detected so that ink is bright, cropped to the ink, scaled into 20×20, centred by center of mass in 28×28,
    /// padded to 32×32.
    /// </summary>
    [JsonStringEnumMemberName("digit")]
    Digit,

    /// <summary>No geometry: an image of another size than the model's, or the data set's, is an error.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}
