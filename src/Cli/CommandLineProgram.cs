using System.CommandLine;
using System.CommandLine.Invocation;
using LeNetServe.Files;
using LeNetServe.Specs;

namespace LeNetServe.Cli;

/// <summary>
/// Runs a program's command line. An expected failure is a line on standard error and an exit code; a bug is a stack trace.
/// </summary>
public static class CommandLineProgram
{
    /// <summary>Parses the arguments and runs the command; Ctrl-C and SIGTERM cancel the command's token.</summary>
    /// <param name="tool">The program's name in a shell, such as <c>lenetserve-score</c>.</param>
    /// <param name="root">The commands; <c>completion</c> is added.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="codeOf">Gives the exit code of further expected exceptions, and null for bugs.</param>
    public static async Task<int> RunAsync(
        string tool, RootCommand root, IReadOnlyList<string> arguments, Func<Exception, ExitCode?>? codeOf = null)
    {
        root.Add(CompletionCommand.Create(tool));
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction(tool);
        // A name that begins with @ is a name, not a file of more arguments.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (CommandLineFault.Of(tool, parsed) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault);
            return (int)ExitCode.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = Timeout.InfiniteTimeSpan,
            });
        }
        catch (Exception exception) when ((CodeOf(exception) ?? codeOf?.Invoke(exception)) is { } code)
        {
            await Console.Error.WriteLineAsync(LinesOf(exception, code, tool, parsed));
            return (int)code;
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync(exception.ToString());
            return (int)ExitCode.Bug;
        }
    }

    /// <summary>Gets the exit code of an expected failure; null for a bug.</summary>
    public static ExitCode? CodeOf(Exception exception) => exception switch
    {
        ExpectedException expected => expected.Code,
        OperationCanceledException => ExitCode.Interrupted,
        InvalidDataException or FileNotFoundException or DirectoryNotFoundException or SpecException => ExitCode.BadInput,
        IOException or UnauthorizedAccessException or HttpRequestException => ExitCode.Trouble,
        _ => null,
    };

    /// <summary>Gets an expected failure's lines on standard error: after a wrong value the second one names the help.</summary>
    internal static string LinesOf(Exception exception, ExitCode code, string tool, ParseResult parsed) => code == ExitCode.Usage
        ? $"{MessageOf(exception)}{Environment.NewLine}{CommandLineFault.HelpOf(tool, parsed)}"
        : MessageOf(exception);

    /// <summary>Gets an expected failure's line on standard error.</summary>
    internal static string MessageOf(Exception exception) => exception switch
    {
        OperationCanceledException => "stopped; the same command starts again, and goes on from what was saved, if anything was",
        ExpectedException { Code: ExitCode.Interrupted } => exception.Message,
        _ => $"error: {TemporaryFile.WithPaths(exception.Message).ReplaceLineEndings(" ")}",
    };

    private sealed class VersionAction(string tool) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"{tool} {ProductVersion.Text}");
            return (int)ExitCode.Success;
        }
    }
}
