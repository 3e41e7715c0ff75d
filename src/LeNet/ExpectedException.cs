namespace LeNetServe;

/// <summary>A failure that a user can act on: one line of text and the program's exit code. Any other exception is a bug.</summary>
/// <param name="code">The exit code of a program that ends with this failure.</param>
/// <param name="message">The text: found, expected, place, and what to do.</param>
/// <param name="inner">The cause; null if there is none.</param>
public sealed class ExpectedException(ExitCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Gets the exit code of a program that ends with this failure.</summary>
    public ExitCode Code { get; } = code;

    /// <summary>Creates the failure of a wrong command line.</summary>
    public static ExpectedException Usage(string message) => new(ExitCode.Usage, message);
}
