using Google.Protobuf;
using LeNetServe.Onnx;

namespace LeNetServe.Runtime.Running;

/// <summary>Leaves out the parts of a graph that some outputs do not need.</summary>
internal static class PrunedGraph
{
    /// <summary>
    /// Keeps some outputs and the nodes that compute them. ONNX Runtime computes every node of a graph, also for outputs that nobody reads.
    /// A graph inside a node may read any tensor, so a model with such a node stays as it is.
    /// </summary>
    public static byte[] Of(ModelProto model, params string[] outputs)
    {
        if (model.Graph.Node.Any(node => node.Attribute.Any(attribute => attribute.G is not null || attribute.Graphs.Count > 0)))
            return model.ToByteArray();
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
        var left = graph.Output.Where(value => outputs.Contains(value.Name)).ToArray();
        graph.Output.Clear();
        graph.Output.Add(left);
        return copy.ToByteArray();
    }
}
