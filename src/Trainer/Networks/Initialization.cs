using LeNetServe.Randomness;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Networks;

/// <summary>Initial values, drawn by the seed.</summary>
internal static class Initialization
{
    /// <summary>Fills a store.</summary>
    public static void Fill(ParameterStore store, int seed)
    {
        var index = 0;
        var bounds = new InitialBounds(store.Spec.Layers.OfType<RbfSpec>().Any());
        foreach (var row in store.Spec.Trace())
        {
            var layer = TrainedLayer.Of(row);
            foreach (var parameter in row.Parameters)
            {
                using var scope = NewDisposeScope();
                var random = SplitMix64.For(seed, RandomStreams.Initialization, index++);
                var values = new float[parameter.Count];
                layer.Initialize(parameter.Name, bounds, ref random, values);
                var stored = store[$"{row.Layer.Name}.{parameter.Name}"];
                store.View(stored).copy_(tensor(values, stored.Shape));
            }
        }
    }
}
