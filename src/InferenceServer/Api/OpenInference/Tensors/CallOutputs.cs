using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>Which outputs an answer has.</summary>
internal static class CallOutputs
{
    /// <summary>The outputs asked for, or, where the call names none, all there are.</summary>
    /// <exception cref="InferenceException">The model has no such output, or it was asked for twice.</exception>
    public static IReadOnlyList<RequestedOutput> Resolve(InferenceCall call, string model, ModelFacts facts)
    {
        if (call.Outputs.Count == 0)
            return [new(facts.OutputName, 0, call.BinaryByDefault)];
        foreach (var output in call.Outputs)
            if (output.Name != facts.OutputName)
                throw OpenInferenceErrors.Invalid($"{call.LogPrefix}unexpected inference output '{output.Name}' for model '{model}', expected '{facts.OutputName}'");
        return call.Outputs.Count == 1
            ? call.Outputs
            : throw OpenInferenceErrors.Invalid($"{call.LogPrefix}inference output '{facts.OutputName}' for model '{model}' is requested {call.Outputs.Count} times, expected once");
    }
}
