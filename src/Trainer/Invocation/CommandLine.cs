using System.CommandLine;

namespace LeNetServe.Trainer.Invocation;

/// <summary>Runs a command line: an expected failure is one line on standard error and its own exit code; a bug is a stack trace.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs; Ctrl-C and SIGTERM cancel the command's token.</summary>
    public static async Task<int> RunAsync(Command root, IReadOnlyList<string> arguments)
    {
        // A name that begins with @ is a name, not a file of more arguments.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Timeout.InfiniteTimeSpan };
        try
        {
            var code = await parsed.InvokeAsync(configuration);
            return parsed.Errors.Count > 0 ? (int)ExitCode.Usage : code;
        }
        catch (Exception exception) when (CodeOf(exception) is { } code)
        {
            await Console.Error.WriteLineAsync(MessageOf(exception));
            return (int)code;
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync(exception.ToString());
            return (int)ExitCode.Bug;
        }
    }

    /// <summary>An expected failure in one line.</summary>
    internal static string MessageOf(Exception exception) => exception is OperationCanceledException
        ? "stopped; the same command starts again, and goes on from what was saved"
        : $"error: {exception.Message.ReplaceLineEndings(" ")}";

    private static ExitCode? CodeOf(Exception exception) => exception switch
    {
        OperationCanceledException => ExitCode.Interrupted,
        UsageException => ExitCode.Usage,
        InvalidDataException or FileNotFoundException or DirectoryNotFoundException or Specs.SpecException => ExitCode.BadInput,
        IOException or UnauthorizedAccessException or HttpRequestException => ExitCode.Trouble,
        _ => null,
    };
}
