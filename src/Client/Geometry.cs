namespace LeNetServe.Client;

/// <summary>The ways in which the server fits a picture to the model's size.</summary>
public enum Geometry
{
    /// <summary>The geometry in the model's manifest.</summary>
    ModelDefault,

    /// <summary>Resizes the picture to the model's size.</summary>
    Fit,

    /// <summary>Treats the picture as a drawn digit of MNIST: detects the polarity, crops to the ink, centers by center of mass.</summary>
    Digit,

    /// <summary>Changes nothing. The picture must have the size of the model or of its data set.</summary>
    None,
}
