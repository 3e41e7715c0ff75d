using LeNetServe.Client;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>Failures of a model or of the servers.</summary>
internal static class ServingFailure
{
    /// <summary>Gets the exit code; null for a bug.</summary>
    public static ExitCode? CodeOf(Exception exception) => exception switch
    {
        InferenceException { Kind: InferenceErrorKind.DeviceUnavailable } => ExitCode.Usage,
        InferenceException => ExitCode.BadInput,
        LeNetServeException { IsTransient: true } or LeNetServeException { Kind: LeNetServeErrorKind.Internal } => ExitCode.Trouble,
        LeNetServeException => ExitCode.BadInput,
        _ => null,
    };
}
