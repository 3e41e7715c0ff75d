namespace LeNetServe.Client;

/// <summary>How the server brings a picture to the model's size.</summary>
public enum Geometry
{
    /// <summary>As the model's manifest says.</summary>
    ModelDefault,

    /// <summary>Resized to the model's size.</summary>
    Fit,

    /// <summary>A drawn digit as in MNIST: polarity detected, cropped to the ink, centred by its centre of mass.</summary>
    Digit,

    /// <summary>No geometry: a picture of another size than the model's, or its data set's, is an error.</summary>
    None,
}
