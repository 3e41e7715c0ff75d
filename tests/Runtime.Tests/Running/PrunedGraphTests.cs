using Google.Protobuf;
using LeNetServe.Onnx;
using LeNetServe.Runtime.Running;
using LeNetServe.Tensors;
using LeNetServe.Tests;

namespace LeNetServe.Runtime.Tests.Running;

public sealed class PrunedGraphTests
{
    [Fact]
    public void Of_AFileWithMoreOutputs_KeepsTheNodesOfOne()
    {
        var file = File.ReadAllBytes(Path.Combine(RepositoryRoot.Find(), "models", "lenet5-1998", "1", "model.onnx"));
        var model = ModelProto.Parser.ParseFrom(file);

        var kept = PrunedGraph.Of(model, "probabilities");

        var graph = kept.Graph;
        Assert.True(model.Graph.Output.Count > 5);
        Assert.Equal(["probabilities"], graph.Output.Select(output => output.Name));
        var forward = model.Graph.Node.TakeWhile(node => node.Output[0] != "probabilities").Select(node => node.Output[0]);
        Assert.Equal(forward.Append("probabilities"), graph.Node.Select(node => node.Output[0]));
        var pixels = StoredTensor.From([.. Enumerable.Range(0, 1024).Select(value => (float)(value % 256))], 1, 1, 32, 32);
        var inputs = new Dictionary<string, StoredTensor> { ["pixels"] = pixels };
        using var whole = new GraphSession(file);
        using var pruned = new GraphSession(kept.ToByteArray());
        var expected = whole.Run(inputs)["probabilities"].ToSingles();
        Assert.All(pruned.Run(inputs)["probabilities"].ToSingles().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
    }
}
