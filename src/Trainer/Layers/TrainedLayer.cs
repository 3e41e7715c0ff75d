using LeNetServe.Randomness;
using LeNetServe.Specs;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Layers;

/// <summary>A layer of a record as training sees it: its computation by torch and its initial values.</summary>
internal abstract class TrainedLayer
{
    private static readonly LayerClasses<TrainedLayer> Classes = new();

    /// <summary>The layer of a record.</summary>
    public static TrainedLayer Of(LayerShape row) => Classes.Create(row.Layer, row.Input);

    /// <summary>Makes the torch function.</summary>
    public abstract Layer Build(NetworkParameters parameters);

    /// <summary>Draws a parameter's initial values.</summary>
    /// <param name="parameter">The parameter's name inside the layer.</param>
    /// <param name="bounds">The network's bounds.</param>
    /// <param name="random">The parameter's own random numbers.</param>
    /// <param name="values">Zeros, row-major in the stored shape.</param>
    public virtual void Initialize(string parameter, InitialBounds bounds, ref SplitMix64 random, Span<float> values) =>
        throw new InvalidOperationException($"{GetType().Name} has no initial values for {parameter}");
}
