using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Runtime.Predictions;
using LeNetServe.Tensors;

namespace LeNetServe.Runtime.Explaining;

/// <summary>Explains a model's answer to one image.</summary>
public static class Explainer
{
    /// <summary>Gets the number of images that an attribution runs at most.</summary>
    /// <param name="facts">The model's facts.</param>
    /// <param name="method">The method.</param>
    /// <param name="target">The class; null for the best.</param>
    public static int ImagesOf(ModelFacts facts, AttributionMethod method, int? target) =>
        method != AttributionMethod.Occlusion && facts.HasGradient && target is null ? 1 : Occlusion.ImagesOf(facts.Input);

    /// <summary>Attributes a class to the pixels, and reads tensors in the same run.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pixels">C×H×W, 0..255.</param>
    /// <param name="probabilities">The model's answer.</param>
    /// <param name="method">The method.</param>
    /// <param name="target">The class; null for the best.</param>
    /// <param name="names">Names of tensors to read.</param>
    /// <param name="requireInterest">Throws if the caller is gone; called between runs.</param>
    /// <exception cref="InferenceException">
    /// The file does not compute the gradient (<see cref="InferenceErrorKind.Unsupported"/>), or not that of the target
    /// (<see cref="InferenceErrorKind.InvalidInput"/>).
    /// </exception>
    public static (Attribution Attribution, IReadOnlyDictionary<string, StoredTensor> Values) Attribute(
        ClassifierModel model,
        byte[] pixels,
        ReadOnlySpan<float> probabilities,
        AttributionMethod method,
        int? target,
        IReadOnlyCollection<string> names,
        Action requireInterest)
    {
        var best = TopK.ArgMax(probabilities);
        var chosen = target ?? best;
        if (method == AttributionMethod.Gradient)
            RequireGradient(model, best, chosen);
        if (method != AttributionMethod.Occlusion && model.Facts.HasGradient && chosen == best)
        {
            var (read, gradient) = model.OpenLayers().ReadWithGradient(pixels, names);
            return (new(AttributionMethod.Gradient, chosen, gradient), read);
        }
        var values = names.Count > 0 ? model.OpenLayers().Read(pixels, names) : new Dictionary<string, StoredTensor>();
        var losses = Occlusion.Attribute(model, pixels, chosen, probabilities[chosen], requireInterest);
        return (new(AttributionMethod.Occlusion, chosen, losses), values);
    }

    private static void RequireGradient(ClassifierModel model, int best, int target)
    {
        if (!model.Facts.HasGradient)
            throw new InferenceException(InferenceErrorKind.Unsupported, $"{model.Path} has no output \"gradient\", expected a file of "
                + "export --outputs probabilities,gradient; occlusion needs no such file");
        if (target != best)
            throw InferenceException.InvalidInput($"target is {target}, expected {best}, the best class: the "
                + "file computes no other gradient; occlusion takes any target", "target");
    }
}
