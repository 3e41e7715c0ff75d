using LeNetServe.Certainty;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Layers;
using LeNetServe.Exporter.Proof;
using LeNetServe.Models;
using LeNetServe.Randomness;
using LeNetServe.Runs;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Tests;

/// <summary>Runs that are calibrated and can tell strange images.</summary>
internal static class NoveltyRuns
{
    public const double Temperature = 1.7;
    public const double Threshold = 4.5;
    private const int Units = 5;

    /// <summary>Writes a run. Gives the scores of its golden images, computed from the reference network's values.</summary>
    public static RunDirectory Create(string parent, string name, out float[] scores)
    {
        var spec = TestSpecs.Create(name);
        var layer = NoveltyRule.LayerOf(spec);
        var run = TestRuns.Create(
            parent, spec, temperature: Temperature, novelty: new(Threshold, 0.01, layer is null ? [] : [layer]));
        var features = Features(run, spec, layer);
        var random = new SplitMix64(1);
        var weight = Draw(Units * features[0].Length, ref random);
        new NoveltyModel(weight, Draw(Units, ref random), Array.ConvertAll(Draw(Units, ref random), Math.Abs)).Write(run.Novelty);
        RunChecksums.Write(run);
        var model = NoveltyModel.Read(run.Novelty);
        scores = [.. features.Select(image => model.Score(image))];
        return run;
    }

    private static double[] Draw(int count, ref SplitMix64 random)
    {
        var values = new double[count];
        foreach (ref var value in values.AsSpan())
            value = random.Normal(1);
        return values;
    }

    private static List<float[]> Features(RunDirectory run, LeNetSpec spec, string? layer)
    {
        var trained = TrainedRun.Read(run.Path).Trained;
        var reference = new ReferenceNetwork(spec, TrainedWeights.Read(run.Weights, spec), trained.Normalization, Temperature);
        var golden = GoldenTensors.Read(run.Golden);
        var place = spec.Trace().ToList().FindIndex(row => row.Layer.Name == layer);
        return
        [
            .. from image in Enumerable.Range(0, golden.Count)
               let values = reference.Run(golden.Pixels.AsSpan(image * spec.Input.Count, spec.Input.Count))
               select Array.ConvertAll(place < 0 ? values[^2] : values[place], value => (float)value),
        ];
    }
}
