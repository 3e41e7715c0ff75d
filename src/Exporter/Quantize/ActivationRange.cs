namespace LeNetServe.Exporter.Quantize;

/// <summary>The range of a tensor's values on the calibration images.</summary>
internal readonly record struct ActivationRange(float Low, float High)
{
    /// <summary>Gets the distance of two neighbors among the 256 values of a byte. The range is widened to hold 0.</summary>
    public float Scale => Math.Max((Math.Max(High, 0) - Math.Min(Low, 0)) / 255f, float.Epsilon * 1e6f);

    /// <summary>Gets the byte that stands for 0.</summary>
    public byte ZeroPoint => (byte)Math.Clamp(MathF.Round(-Math.Min(Low, 0) / Scale), 0, 255);
}
