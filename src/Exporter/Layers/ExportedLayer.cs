using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>A trained layer on its way into a file: its weights, with all that was folded into them, and its nodes.</summary>
/// <param name="row">The layer with the shapes that enter and leave it.</param>
/// <param name="weight">Row-major, in the layer's stored shape; empty without weights.</param>
/// <param name="bias">One value per output map; empty without weights.</param>
internal abstract class ExportedLayer(LayerShape row, double[] weight, double[] bias)
{
    private static readonly LayerClasses<ExportedLayer> Classes = new();

    protected ExportedLayer(LayerShape row)
        : this(row, [], [])
    {
    }

    /// <summary>The layer with the shapes that enter and leave it.</summary>
    public LayerShape Row => row;

    /// <summary>The layer's name.</summary>
    public string Name => row.Layer.Name;

    /// <summary>Row-major, in the layer's stored shape; empty without weights.</summary>
    public double[] Weight => weight;

    /// <summary>One value per output map; empty without weights.</summary>
    public double[] Bias => bias;

    /// <summary>
    /// Name of the trained layer whose values this one gives: its own, or that of the batch norm folded into it. Null before the layer that
    /// takes the normalization in, because the values are raw there.
    /// </summary>
    public string? Represents { get; set; }

    /// <summary>Loads a layer's weights.</summary>
    /// <exception cref="InvalidDataException">The weights contradict the record.</exception>
    public static ExportedLayer Of(LayerShape row, TrainedWeights weights) => Classes.Create(row.Layer, row, weights);

    /// <summary>Changes the layer before so that this one need not be written; false if it must.</summary>
    public virtual bool FoldInto(ExportedLayer? previous) => false;

    /// <summary>Multiplies the layer's output by a factor, in its weights; false if the layer cannot.</summary>
    public virtual bool ScaleOutput(double factor) => false;

    /// <summary>Meets the input's normalization. Unless the layer knows better, the normalization is written before it.</summary>
    public virtual ScalingFate Meet(InputScaling scaling) => ScalingFate.Stopped;

    /// <summary>Writes the layer's nodes at the end of the graph.</summary>
    public abstract void Emit(GraphBuilder graph);

    /// <summary>
    /// Writes the nodes that turn the gradient by the layer's output, at the end of the graph, into the gradient by its input.
    /// </summary>
    /// <param name="graph">The graph after <see cref="Emit"/>.</param>
    /// <param name="output">The tensor of the layer's output.</param>
    public abstract void EmitGradient(GraphBuilder graph, string output);

    /// <summary>Multiplies weights and biases by a factor, for a layer whose output is linear in both.</summary>
    protected bool ScaleWeights(double factor)
    {
        for (var index = 0; index < weight.Length; index++)
            weight[index] *= factor;
        for (var index = 0; index < bias.Length; index++)
            bias[index] *= factor;
        return true;
    }
}
