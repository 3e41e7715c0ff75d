namespace LeNetServe.Certainty;

/// <summary>The held-out training images that calibration and the score of strange images need.</summary>
public static class HeldOutImages
{
    /// <summary>
    /// The smallest number that calibrates. The threshold for one false alarm in a hundred is a quantile that fewer images do not have.
    /// </summary>
    public const int Fewest = 100;

    /// <summary>Says which share holds out enough images, whatever the sizes of the classes.</summary>
    /// <param name="validates">Whether the held-out images validate too; otherwise they calibrate alone.</param>
    /// <param name="images">Number of training images.</param>
    /// <param name="classes">Number of classes. The rounding of each class can take half an image.</param>
    public static string Advice(bool validates, int images, int classes)
    {
        var option = validates ? "--validation" : "--calibration";
        var hundredths = Math.Ceiling(100 * (Fewest + classes / 2.0) / images);
        return hundredths <= 50
            ? $"train with {option} {hundredths / 100} or more"
            : $"with {option} 0.5, {2 * Fewest + classes:N0} training images are enough";
    }
}
