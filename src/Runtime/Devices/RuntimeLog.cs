using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace LeNetServe.Runtime.Devices;

/// <summary>
/// ONNX Runtime's environment with a log of its own. By default its errors go to standard error in red, one for each model. Here the reason
/// of a library that does not load is kept, and the rest is dropped: exceptions report it.
/// </summary>
internal static partial class RuntimeLog
{
    // The native code keeps a pointer to the delegate.
    private static readonly DOrtLoggingFunction Write = Keep;
    private static volatile string? reason;

    /// <summary>Gets the environment. It is created before the first session.</summary>
    public static OrtEnv Environment { get; } = Create();

    /// <summary>Gets the file that did not load and the system's reason; null if all files did.</summary>
    public static string? Reason => reason;

    private static OrtEnv Create()
    {
        var options = new EnvironmentCreationOptions
        {
            logId = "lenetserve",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            loggingFunction = Write,
        };
        return OrtEnv.CreateInstanceWithOptions(ref options);
    }

    private static void Keep(nint parameter, OrtLoggingLevel severity, string category, string id, string location, string message)
    {
        if (Library().Match(message) is { Success: true } match)
            reason = match.Groups["reason"].Value.Trim();
    }

    [GeneratedRegex(@"Failed to load library .* with error: (?<reason>.*)", RegexOptions.Singleline)]
    private static partial Regex Library();
}
