namespace LeNetServe.Runtime.Explaining;

/// <summary>Ways to find the parts of an image that speak for a class.</summary>
public enum AttributionMethod
{
    /// <summary>The gradient if the file computes it for the class, otherwise occlusion.</summary>
    Automatic,

    /// <summary>The probability that the class loses when a patch of the image is covered, for patches all over the image.</summary>
    Occlusion,

    /// <summary>The gradient of the best class's logit by the pixels, which the file computes.</summary>
    Gradient,
}
