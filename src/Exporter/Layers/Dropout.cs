using LeNetServe.Exporter.Onnx;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Layers;

/// <summary>Dropout, which is absent outside training.</summary>
internal sealed class Dropout : ExportedLayer
{
    public Dropout(DropoutSpec layer, LayerShape row)
        : base(row) => _ = layer;

    /// <inheritdoc/>
    public override bool FoldInto(ExportedLayer? previous) => true;

    /// <inheritdoc/>
    public override void Emit(GraphBuilder graph)
    {
    }

    /// <summary>Writes nothing. The layer is absent.</summary>
    public override void EmitGradient(GraphBuilder graph, string output)
    {
    }
}
