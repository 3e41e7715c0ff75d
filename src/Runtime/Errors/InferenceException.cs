namespace LeNetServe.Runtime.Errors;

/// <summary>An expected failure of serving. The message says what was found and what was expected, and is meant for the caller.</summary>
public sealed class InferenceException : Exception
{
    /// <summary>A failure of that kind.</summary>
    public InferenceException(InferenceErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What went wrong, for programs.</summary>
    public InferenceErrorKind Kind { get; }

    /// <summary>The request's field at fault, such as <c>image.pixels</c>; null where it is none in particular.</summary>
    public string? Field { get; init; }

    /// <summary>When trying again makes sense; null where it does not or is unknown.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
