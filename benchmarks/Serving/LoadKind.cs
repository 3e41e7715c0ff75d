namespace LeNetServe.Serving;

/// <summary>The kinds of load that a caller can send.</summary>
internal enum LoadKind
{
    /// <summary>Raw pixels, one call after the other.</summary>
    Pixels,

    /// <summary>A PNG of the data set's size, one call after the other.</summary>
    Png,

    /// <summary>A PNG of a megapixel, which takes milliseconds to decode.</summary>
    LargePng,

    /// <summary>Raw pixels over one bidirectional stream a caller, a few in flight.</summary>
    Stream,
}
