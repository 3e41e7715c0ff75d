using Google.Protobuf.Collections;
using Inference;
using LeNetServe.Runtime.Errors;
using Choice = Inference.InferParameter.ParameterChoiceOneofCase;

namespace LeNetServe.InferenceServer.Api.OpenInference.Grpc;

/// <summary>Reads the parameters of a ModelInferRequest. Unknown names are ignored, because clients may send their own.</summary>
internal static class CallParameters
{
    /// <summary>Reads the request's <c>timeout</c>; null if it has none. Checks the types of all reserved names.</summary>
    /// <exception cref="InferenceException">A reserved parameter has a wrong type.</exception>
    public static TimeSpan? ReadTimeout(MapField<string, InferParameter> parameters)
    {
        if (parameters.Count == 0)
            return null;
        TimeSpan? timeout = null;
        foreach (var (name, value) in parameters)
        {
            var kind = value.ParameterChoiceCase;
            switch (name)
            {
                case "timeout" when kind == Choice.Int64Param:
                    timeout = ToTimeout((ulong)Math.Max(0, value.Int64Param));
                    break;
                case "timeout":
                    throw OpenInferenceErrors.Invalid("invalid value type for 'timeout' parameter, expected int64_param.");
                case "priority" when kind is not (Choice.Int64Param or Choice.Uint64Param):
                    throw OpenInferenceErrors.Invalid("invalid value type for 'priority' parameter, expected int64_param or uint64_param.");
                case "sequence_id" when kind is not (Choice.Int64Param or Choice.StringParam):
                    throw OpenInferenceErrors.Invalid(
                        "invalid value type for 'sequence_id' parameter, expected int64_param or string_param.");
                case "sequence_start" or "sequence_end" when kind != Choice.BoolParam:
                    throw OpenInferenceErrors.Invalid($"invalid value type for '{name}' parameter, expected bool_param.");
            }
        }
        return timeout;
    }

    /// <summary>Reads the number of classes of the classification extension.</summary>
    /// <exception cref="InferenceException">The type is not int64, or the number is not positive.</exception>
    public static int ReadClasses(InferParameter parameter)
    {
        if (parameter.ParameterChoiceCase != Choice.Int64Param)
            throw OpenInferenceErrors.Invalid("invalid value type for 'classification' parameter, expected int64_param");
        return parameter.Int64Param > 0
            ? (int)Math.Min(parameter.Int64Param, int.MaxValue)
            : throw OpenInferenceErrors.Invalid($"invalid value for 'classification' parameter, expected >= 1, got {parameter.Int64Param}");
    }

    /// <summary>Converts a <c>timeout</c> in microseconds; 0 means none.</summary>
    public static TimeSpan? ToTimeout(ulong microseconds) =>
        microseconds == 0 ? null : TimeSpan.FromMicroseconds(Math.Min(microseconds, 86_400_000_000UL));
}
