using LeNetServe.Randomness;

namespace LeNetServe.Trainer.Layers;

/// <summary>Bounds of uniform initial weights by the inputs of a unit.</summary>
/// <param name="OfPaper">The paper's ±2.4/fan-in (LeCun et al. 1998, appendix A) instead of torch's default ±1/√fan-in.</param>
internal readonly record struct InitialBounds(bool OfPaper)
{
    /// <summary>Draws the weights of units with that many inputs.</summary>
    public void Fill(int fanIn, ref SplitMix64 random, Span<float> values)
    {
        var bound = OfPaper ? 2.4f / fanIn : 1 / MathF.Sqrt(fanIn);
        foreach (ref var value in values)
            value = random.Uniform(-bound, bound);
    }
}
