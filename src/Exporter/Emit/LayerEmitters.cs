using System.Reflection;
using System.Text.Json.Serialization;
using LeNetServe.Exporter.Fold;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Emit;

/// <summary>The emitter of each layer record: the list of what is supported. A record without one keeps the program from starting.</summary>
internal static class LayerEmitters
{
    private static readonly Dictionary<Type, Action<LayerSpec, FoldedLayer, GraphBuilder>> ByRecord = new()
    {
        [typeof(ConvolutionSpec)] = (layer, folded, graph) => ConvolutionEmitter.Emit((ConvolutionSpec)layer, folded, graph),
        [typeof(ActivationSpec)] = (layer, folded, graph) => ActivationEmitter.Emit((ActivationSpec)layer, folded, graph),
        [typeof(PoolingSpec)] = (layer, folded, graph) => PoolingEmitter.Emit((PoolingSpec)layer, folded, graph),
        [typeof(SubsamplingSpec)] = (layer, folded, graph) => SubsamplingEmitter.Emit((SubsamplingSpec)layer, folded, graph),
        [typeof(DenseSpec)] = (layer, folded, graph) => DenseEmitter.Emit(layer.Name, folded, graph),
        [typeof(RbfSpec)] = (layer, folded, graph) => RbfEmitter.Emit((RbfSpec)layer, folded, graph),
        [typeof(SoftmaxSpec)] = (layer, folded, graph) => SoftmaxEmitter.Emit((SoftmaxSpec)layer, folded, graph),
    };

    /// <summary>Records that folding removes: <see cref="FoldedNetwork"/> never hands them on.</summary>
    private static readonly Type[] FoldedAway = [typeof(BatchNormSpec), typeof(DropoutSpec)];

    /// <summary>Throws where a layer record has no emitter. Called at start-up.</summary>
    public static void RequireAll() => RequireAll(typeof(LayerSpec).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(attribute => attribute.DerivedType));

    /// <inheritdoc cref="RequireAll()"/>
    internal static void RequireAll(IEnumerable<Type> records)
    {
        var missing = records.Where(record => !ByRecord.ContainsKey(record) && !FoldedAway.Contains(record)).Select(record => record.Name).ToList();
        if (missing.Count > 0)
            throw new InvalidOperationException($"no ONNX emitter for {string.Join(", ", missing)}: write one and list it in {nameof(LayerEmitters)}");
    }

    /// <summary>Writes one layer's nodes.</summary>
    public static void Emit(FoldedLayer layer, GraphBuilder graph)
    {
        var spec = layer.Row.Layer;
        if (!ByRecord.TryGetValue(spec.GetType(), out var emit))
            throw new InvalidOperationException($"no ONNX emitter for layer {spec.Name} ({spec.GetType().Name})");
        emit(spec, layer, graph);
    }
}
