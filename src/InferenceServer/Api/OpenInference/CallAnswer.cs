using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>The answer of a model.</summary>
/// <param name="Model">The served name.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Facts">The facts of the model.</param>
/// <param name="Outputs">N×classes: the unchanged output of the graph.</param>
/// <param name="Novelty">N×1: the strangeness of each image; null if the model has no output for it.</param>
/// <param name="Phases">The durations of the request's phases.</param>
internal readonly record struct CallAnswer(
    string Model, string Version, ModelFacts Facts, float[] Outputs, float[]? Novelty, RequestPhases Phases)
{
    /// <summary>Takes the rows of the pipeline apart: the protocol has a tensor for each output.</summary>
    public static CallAnswer Of(string model, string version, ModelFacts facts, float[] rows, RequestPhases phases)
    {
        if (facts.NoveltyThreshold is null)
            return new(model, version, facts, rows, null, phases);
        var images = rows.Chunk(facts.RowLength).ToArray();
        return new(
            model, version, facts, [.. images.SelectMany(row => row[..facts.Classes])], [.. images.Select(row => row[^1])], phases);
    }

    /// <summary>Gets the labels of an output's values.</summary>
    public IReadOnlyList<string> LabelsOf(string output) => output == Facts.OutputName ? Facts.Labels : [ModelFacts.Novelty];

    /// <summary>Gets an output and its number of values for each image.</summary>
    public (float[] Values, int Width) this[string output] => output == Facts.OutputName ? (Outputs, Facts.Classes) : (Novelty!, 1);
}
