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
            return [new(facts.OutputName, 0, call.BinaryByDefault)];
        foreach (var output in call.Outputs)
            if (output.Name != facts.OutputName)
                throw OpenInferenceErrors.Invalid(
                    $"{call.LogPrefix}unexpected inference output '{Excerpt.Of(output.Name)}' for model '{model}', " +
                    $"expected '{facts.OutputName}'");
        return call.Outputs.Count == 1
            ? call.Outputs
            : throw OpenInferenceErrors.Invalid(
                $"{call.LogPrefix}inference output '{facts.OutputName}' for model '{model}' " +
                $"is requested {call.Outputs.Count} times, expected once");
    }
}
