using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace LeNetServe.Cli;

/// <summary>Help that ends with examples.</summary>
public static class Examples
{
    /// <summary>Adds text, such as examples and exit codes, to the end of a command's help.</summary>
    public static Command WithExamples(this Command command, string examples)
    {
        command.Add(new HelpOption { Action = new ExampleAction(examples) });
        return command;
    }

    private sealed class ExampleAction(string examples) : SynchronousCommandLineAction
    {
        // Help is shown whatever is missing on the command line.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = new HelpAction().Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(examples.ReplaceLineEndings());
            return code;
        }
    }
}
