using System.CommandLine;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>Prints the script that teaches a shell to complete: it asks the program itself, by its [suggest] directive.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _lenetserve_score() {
          local IFS=$'\n'
          COMPREPLY=($(lenetserve-score "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null | grep -F -- "${COMP_WORDS[COMP_CWORD]}"))
          [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o filenames -F _lenetserve_score lenetserve-score
        """;

    private const string Zsh = """
        _lenetserve_score() {
          local -a words_found
          words_found=("${(@f)$(lenetserve-score "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -- $words_found
          _files
        }
        compdef _lenetserve_score lenetserve-score
        """;

    private const string Fish = """
        complete -c lenetserve-score -a '(lenetserve-score "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
        """;

    private const string Pwsh = """
        Register-ArgumentCompleter -Native -CommandName lenetserve-score -ScriptBlock {
          param($word, $line, $cursor)
          lenetserve-score "[suggest:$cursor]" "$line" 2>$null | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
          }
        }
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        var command = new Command("completion", "Prints the script that teaches a shell to complete this program's command lines.") { shell };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(shell) switch
            {
                "zsh" => Zsh,
                "fish" => Fish,
                "pwsh" => Pwsh,
                _ => Bash,
            });
            return (int)ExitCode.Success;
        });
        return Help.WithExamples(command, Help.CompletionExamples);
    }
}
