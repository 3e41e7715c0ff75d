using LeNetServe.Onnx;

namespace LeNetServe.Runtime.Running;

/// <summary>Leaves out the parts of a graph that some outputs do not need.</summary>
public static class PrunedGraph
{
    /// <summary>
    /// Keeps some outputs and the nodes that compute them. ONNX Runtime computes every node of a graph, also for outputs that nobody reads.
    /// A graph inside a node may read any tensor, so a model with such a node stays as it is.
    /// </summary>
    /// <param name="model">The model, which is not changed.</param>
    /// <param name="outputs">Names of outputs.</param>
    public static ModelProto Of(ModelProto model, params string[] outputs)
    {
        if (model.Graph.Node.Any(node => node.Attribute.Any(attribute => attribute.G is not null || attribute.Graphs.Count > 0)))
            return model;
        var copy = model.Clone();
        var graph = copy.Graph;
        var needed = new HashSet<string>(outputs);
        var kept = new Stack<NodeProto>();
        foreach (var node in Enumerable.Reverse(graph.Node))
        {
            if (!node.Output.Any(needed.Contains))
                continue;
            needed.UnionWith(node.Input);
            // With the places of its maxima, ONNX Runtime's MaxPool is slower.
            if (node.OpType == "MaxPool" && node.Output.Count == 2 && !needed.Contains(node.Output[1]))
                node.Output.RemoveAt(1);
            kept.Push(node);
        }
        graph.Node.Clear();
        graph.Node.Add(kept);
        var left = graph.Output.ToLookup(value => outputs.Contains(value.Name));
        ValueInfoProto[] inside = [.. graph.ValueInfo.Concat(left[false]).Where(value => needed.Contains(value.Name))];
        graph.Output.Clear();
        graph.Output.Add(left[true]);
        graph.ValueInfo.Clear();
        graph.ValueInfo.Add(inside);
        return copy;
    }

    /// <summary>Copies a model and adds tensors to its outputs. ONNX Runtime infers their types.</summary>
    public static ModelProto WithOutputs(ModelProto model, IEnumerable<string> names)
    {
        var copy = model.Clone();
        copy.Graph.Output.Add(names.Except(model.Graph.Output.Select(output => output.Name))
            .Select(name => new ValueInfoProto { Name = name }));
        return copy;
    }
}
