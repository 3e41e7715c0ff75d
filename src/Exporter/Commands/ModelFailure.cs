using LeNetServe.Runtime.Errors;

namespace LeNetServe.Exporter.Commands;

/// <summary>Failures of a model that are the file's fault or the machine's.</summary>
internal static class ModelFailure
{
    /// <summary>Gets the exit code; null for a bug.</summary>
    public static ExitCode? CodeOf(Exception exception) => (exception as InferenceException)?.Kind switch
    {
        InferenceErrorKind.InvalidModel or InferenceErrorKind.NotFound => ExitCode.BadInput,
        InferenceErrorKind.DeviceUnavailable => ExitCode.Usage,
        _ => null,
    };
}
