using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Explaining;
using LeNetServe.Runtime.Running;
using LeNetServe.Tensors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>The explanation of an answer.</summary>
internal sealed record Explanation
{
    /// <summary>Gets the image as the model saw it, C×H×W.</summary>
    public required byte[] Pixels { get; init; }

    /// <summary>Gets the unchanged output of the graph.</summary>
    public required float[] Outputs { get; init; }

    /// <summary>Gets how strange the image is; null if the model has no output for it.</summary>
    public float? Novelty { get; init; }

    /// <summary>Gets the values of the layers, in the order of the graph or of the request.</summary>
    public required IReadOnlyList<(string Name, StoredTensor Values)> Layers { get; init; }

    /// <summary>Gets the attribution; null if it was not wanted.</summary>
    public Attribution? Attribution { get; init; }

    /// <summary>Gets the phases of the request.</summary>
    public RequestPhases Phases { get; init; }

    /// <summary>Explains an answer on the current thread.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pixels">The image.</param>
    /// <param name="outputs">The model's output for it.</param>
    /// <param name="wanted">The parts to make.</param>
    /// <param name="requireInterest">Throws if the caller is gone; called between runs.</param>
    public static Explanation Of(ClassifierModel model, byte[] pixels, float[] outputs, ExplanationParts wanted, Action requireInterest)
    {
        var probabilities = outputs.ToArray();
        model.ToProbabilities(probabilities);
        var names = NamesOf(model.OpenLayers(), wanted.Layers);
        Attribution? attribution = null;
        IReadOnlyDictionary<string, StoredTensor> values = new Dictionary<string, StoredTensor>();
        if (wanted.Method is { } method)
            (attribution, values) = Explainer.Attribute(model, pixels, probabilities, method, wanted.Target, names, requireInterest);
        else if (names.Count > 0)
            values = model.OpenLayers().Read(pixels, names);
        return new()
        {
            Pixels = pixels,
            Outputs = outputs,
            Layers = [.. names.Select(name => (name, values[name]))],
            Attribution = attribution,
        };
    }

    private static IReadOnlyList<string> NamesOf(LayerReader reader, IReadOnlyList<string> wanted)
    {
        // A name costs four bytes and its values kilobytes.
        if (wanted.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            throw InferenceException.InvalidInput($"layers has \"{Excerpt.Of(twice)}\" more than once, expected each name once", "layers");
        if (wanted.FirstOrDefault(name => !reader.Names.Contains(name)) is { } unknown)
            throw InferenceException.InvalidInput(
                $"the graph has no tensor \"{Excerpt.Of(unknown)}\", expected {Excerpt.Of([.. reader.Names])}", "layers");
        return wanted.Count > 0 ? wanted : reader.Layers;
    }
}
