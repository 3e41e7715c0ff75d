using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>Help that ends with examples.</summary>
internal static class Help
{
    public const string ScoreExamples = """
        Examples:
          lenetserve-score score photos/ -m models/lenet5-mnist -o scores.csv
          lenetserve-score score scans.zip -m models/lenet5-mnist -o scores.parquet --imaging digit
          find . -name '*.png' -print0 | lenetserve-score score - -0 -m models/lenet5-mnist -o - | jq .label
          lenetserve-score score photos/ -s http://a:8001,http://b:8001 -m lenet5-mnist/1 -o scores.jsonl
          lenetserve-score score photos/ -m models/lenet5-mnist -o job/          # run again to resume
          lenetserve-score score photos/ -m models/lenet5-mnist -o job/ --shard 0/4   # one of four machines
          lenetserve-score merge job/

        Exit codes: 0 done; 2 wrong command line; 3 broken or missing input; 4 too many images failed, everything was scored;
        5 disk, network or server trouble, try again; 130 stopped, run again to resume. Only 5 and 130 are worth trying again.
        """;

    public const string MergeExamples = """
        Examples:
          lenetserve-score merge job/
          lenetserve-score merge job/ --out scores.parquet

        Exit codes: 0 done; 3 the parts do not fit together; 4 too many images failed; 5 parts are missing, run their shards and try again.
        """;

    public const string CompletionExamples = """
        Examples:
          eval "$(lenetserve-score completion bash)"        # in ~/.bashrc
          eval "$(lenetserve-score completion zsh)"         # in ~/.zshrc
          lenetserve-score completion fish | source         # in ~/.config/fish/config.fish
          lenetserve-score completion pwsh | Out-String | Invoke-Expression
        """;

    /// <summary>Adds examples to a command's help.</summary>
    public static Command WithExamples(Command command, string examples)
    {
        command.Add(new HelpOption { Action = new Action(examples) });
        return command;
    }

    private sealed class Action(string examples) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var code = new HelpAction().Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(examples.ReplaceLineEndings());
            return code;
        }

        // Help is shown whatever is missing on the command line.
        public override bool ClearsParseErrors => true;
    }
}
