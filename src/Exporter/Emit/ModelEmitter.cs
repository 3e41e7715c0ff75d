using LeNetServe.Exporter.Fold;
using LeNetServe.Exporter.Layers;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Runtime.Models;
using LeNetServe.Specs;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Exporter.Emit;

/// <summary>Writes a folded network as an ONNX graph: input, normalization if it did not fold, a few nodes per layer, outputs.</summary>
internal static class ModelEmitter
{
    /// <summary>The model, without metadata. The same network and options give the same model, node by node.</summary>
    public static EmittedModel Emit(FoldedNetwork network, ExportOptions options)
    {
        var type = options.Precision == Precision.Float16 ? DataType.Float16 : DataType.Float;
        var graph = new GraphBuilder(network.Spec.Name, type, options.Batch)
        {
            Opset = options.Opset,
            HasGradient = options.Outputs.HasFlag(ModelOutputs.Gradient),
        };
        EmitInput(network.Spec.Input, options, graph);
        EmitNormalization(network, graph);

        var layers = new List<(ExportedLayer Layer, GraphTensor Output)>();
        foreach (var layer in network.Layers.SkipLast(1))
        {
            layer.Emit(graph);
            layers.Add((layer, graph.End));
        }
        var values = EmitOutputs(network, options, graph, layers);
        return new(Wrap(graph.Graph, options), values);
    }

    private static void EmitInput(TensorShape input, ExportOptions options, GraphBuilder graph)
    {
        var type = options.InputType == InputType.UInt8 ? DataType.Uint8 : DataType.Float;
        if (options.Layout == TensorLayout.Nhwc)
            graph.Input(type, [input.Height, input.Width, input.Channels], ["DATA_BATCH", "DATA_FEATURE", "DATA_FEATURE", "DATA_CHANNEL"]);
        else
            graph.Input(type, [input.Channels, input.Height, input.Width], ["DATA_BATCH", "DATA_CHANNEL", "DATA_FEATURE", "DATA_FEATURE"]);
        if (type != graph.Type)
            graph.Cast("pixels.cast", graph.Type);
        if (options.Layout == TensorLayout.Nhwc)
            graph.Append("Transpose", "pixels.nchw", [input.Channels, input.Height, input.Width]).AddInts("perm", 0, 3, 1, 2);
    }

    private static void EmitNormalization(FoldedNetwork network, GraphBuilder graph)
    {
        if (network.Scaling is not ({ } scale, { } shift))
            return;
        graph.Append("Mul", "pixels.scale", graph.Shape, [graph.Constant("pixels.scale_value", scale, scale.Length, 1, 1)]);
        graph.Append("Add", "pixels.shift", graph.Shape, [graph.Constant("pixels.shift_value", shift, shift.Length, 1, 1)]);
    }

    // The softmax is always the last layer.
    private static List<KeyValuePair<string, string>> EmitOutputs(
        FoldedNetwork network, ExportOptions options, GraphBuilder graph, List<(ExportedLayer Layer, GraphTensor Output)> layers)
    {
        var softmax = network.Layers[^1];
        graph.Flatten(softmax.Name);
        if (network.LogitFactor != 1)
            graph.Append("Mul", TensorNames.Calibrated, graph.Shape, [graph.Constant(TensorNames.LogitFactor, [network.LogitFactor], 1)]);
        if (options.Outputs.HasFlag(ModelOutputs.Logits))
        {
            graph.Output(TensorNames.Logits);
            if (layers.Count > 0 && network.LogitFactor == 1)
                layers[^1] = (layers[^1].Layer, graph.End);
        }
        var logits = graph.End;
        if (options.Outputs.HasFlag(ModelOutputs.Novelty))
        {
            NoveltyEmitter.Emit(network, layers, logits, graph);
            graph.Continue(logits);
        }
        var values = layers.Where(layer => layer.Layer.Represents is not null)
            .Select(layer => KeyValuePair.Create(layer.Layer.Represents!, layer == layers[^1] ? logits.Name : layer.Output.Name)).ToList();
        if (options.Outputs.HasFlag(ModelOutputs.Probabilities))
        {
            softmax.Emit(graph);
            graph.Output(TensorNames.Probabilities);
            values.Add(new(softmax.Name, TensorNames.Probabilities));
        }
        if (options.Outputs.HasFlag(ModelOutputs.Layers))
            graph.Output(values.Select(value => value.Value));
        if (options.Outputs.HasFlag(ModelOutputs.Gradient))
            GradientEmitter.Emit(network, layers, logits, options.Layout, graph);
        return values;
    }

    private static ModelProto Wrap(GraphProto graph, ExportOptions options) => new()
    {
        IrVersion = OpsetVersions.LowestIr(options.Opset),
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = options.Opset } },
        Graph = graph,
    };
}
