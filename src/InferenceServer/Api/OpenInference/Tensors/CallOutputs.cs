using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>Resolves the outputs of an answer.</summary>
internal static class CallOutputs
{
    /// <summary>Gets the requested outputs, or all outputs if the call does not name any.</summary>
    /// <exception cref="InferenceException">The model does not have an output, or an output is requested twice.</exception>
    public static IReadOnlyList<RequestedOutput> Resolve(InferenceCall call, string model, ModelFacts facts)
    {
        if (call.Outputs.Count == 0)
            return [.. NamesOf(facts).Select(name => new RequestedOutput(name, 0, call.BinaryByDefault))];
        var names = NamesOf(facts);
        foreach (var output in call.Outputs)
            if (!names.Contains(output.Name))
                throw OpenInferenceErrors.Invalid(
                    $"{call.LogPrefix}unexpected inference output '{Excerpt.Of(output.Name)}' for model '{model}', " +
                    $"expected {string.Join(" or ", names.Select(name => $"'{name}'"))}");
        if (call.Outputs.Count == 1)
            return call.Outputs;
        var repeated = call.Outputs.CountBy(output => output.Name).FirstOrDefault(output => output.Value > 1);
        return repeated.Value == 0
            ? call.Outputs
            : throw OpenInferenceErrors.Invalid(
                $"{call.LogPrefix}inference output '{repeated.Key}' for model '{model}' " +
                $"is requested {repeated.Value} times, expected once");
    }

    /// <summary>Gets the names of a model's outputs.</summary>
    public static IReadOnlyList<string> NamesOf(ModelFacts facts) =>
        facts.NoveltyThreshold is null ? [facts.OutputName] : [facts.OutputName, ModelFacts.Novelty];
}
