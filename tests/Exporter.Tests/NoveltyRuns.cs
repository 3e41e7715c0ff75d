using LeNetServe.Certainty;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Layers;
using LeNetServe.Exporter.Proof;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Tests;

/// <summary>Runs that are calibrated and can tell strange images.</summary>
internal static class NoveltyRuns
{
    public const double Temperature = 1.7;
    public const double Threshold = 4.5;

    /// <summary>Writes a run. Gives the scores of its golden images, computed from the reference network's values.</summary>
    public static RunDirectory Create(string parent, string name, out float[] scores)
    {
        var spec = TestSpecs.Create(name);
        var layers = NoveltyRule.LayersOf(spec);
        var run = TestRuns.Create(parent, spec, temperature: Temperature, novelty: new(Threshold, 0.01, layers));
        var features = Features(run, spec, layers);
        var labels = Enumerable.Range(0, features.Count).Select(image => image % spec.Classes).ToArray();
        NoveltyModel.Fit([.. features.SelectMany(image => image)], labels, spec.Classes).Write(run.Novelty);
        RunChecksums.Write(run);
        var model = NoveltyModel.Read(run.Novelty, spec.Classes);
        scores = [.. features.Select(image => model.Score(image))];
        return run;
    }

    private static List<float[]> Features(RunDirectory run, LeNetSpec spec, IReadOnlyList<string> layers)
    {
        var trained = TrainedRun.Read(run.Path).Trained;
        var reference = new ReferenceNetwork(spec, TrainedWeights.Read(run.Weights, spec), trained.Normalization, Temperature);
        var golden = GoldenTensors.Read(run.Golden);
        var rows = spec.Trace();
        return
        [
            .. from image in Enumerable.Range(0, golden.Count)
               let values = reference.Run(golden.Pixels.AsSpan(image * spec.Input.Count, spec.Input.Count))
               let means = rows.Zip(values).Where(pair => layers.Contains(pair.First.Layer.Name))
                   .SelectMany(pair => pair.Second.Chunk(pair.First.Output.Height * pair.First.Output.Width).Select(map => map.Average()))
               select means.Concat(values[^2]).Select(value => (float)value).ToArray(),
        ];
    }
}
