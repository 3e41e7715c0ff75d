namespace LeNetServe.TestPictures;

/// <summary>PNG's color types.</summary>
public enum PngColor
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}
