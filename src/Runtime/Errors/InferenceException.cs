namespace LeNetServe.Runtime.Errors;

/// <summary>
/// An expected failure of a request or a model. The message is for the caller: it says what was found and what was expected.
/// </summary>
public sealed class InferenceException : Exception
{
    /// <summary>Creates a failure of a kind.</summary>
    public InferenceException(InferenceErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>Gets the reason, for programs.</summary>
    public InferenceErrorKind Kind { get; }

    /// <summary>Gets the request's faulty field, such as <c>image.pixels</c>; null if the fault is not in one field.</summary>
    public string? Field { get; init; }

    /// <summary>Gets the time after which a retry makes sense; null if a retry does not help or the time is unknown.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Creates the failure of a field of a request; the empty name stands for the whole request.</summary>
    public static InferenceException InvalidInput(string message, string? field = null, Exception? innerException = null) =>
        new(InferenceErrorKind.InvalidInput, message, innerException) { Field = field };
}
