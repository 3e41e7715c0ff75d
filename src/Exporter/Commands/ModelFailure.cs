using LeNetServe.Runtime.Errors;

namespace LeNetServe.Exporter.Commands;

/// <summary>Failures of a model that are the file's fault.</summary>
internal static class ModelFailure
{
    /// <summary>Gets the exit code; null for a bug.</summary>
    public static ExitCode? CodeOf(Exception exception) =>
        exception is InferenceException { Kind: InferenceErrorKind.InvalidModel or InferenceErrorKind.NotFound } ? ExitCode.BadInput : null;
}
