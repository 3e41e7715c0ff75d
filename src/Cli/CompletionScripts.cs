namespace LeNetServe.Cli;

/// <summary>
/// Scripts that teach a shell to complete a program's command lines: a script asks the program by its [suggest] directive.
/// </summary>
public static class CompletionScripts
{
    private const string Bash = """
        _FUNCTION() {
          local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]}
          local before=$((COMP_POINT - ${#word}))
          local known=$(TOOL "[suggest:$before]" "${COMP_LINE:0:$before}" 2>/dev/null)
          COMPREPLY=($(grep -F -- "$word" <<< "$known"))
          # An option with a choice of values takes no file.
          if [ ${#COMPREPLY[@]} -eq 0 ] && [[ -z $known || $known == -* ]]; then
            COMPREPLY=($(compgen -f -- "$word"))
          fi
        }
        complete -o filenames -F _FUNCTION TOOL
        """;

    private const string Zsh = """
        _FUNCTION() {
          local -a words_found
          words_found=("${(@f)$(TOOL "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -- $words_found
          [[ -z "$words_found[1]" || "$words_found[1]" == -* ]] && _files
        }
        compdef _FUNCTION TOOL
        """;

    private const string Fish = """
        complete -c TOOL -a '(TOOL "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
        """;

    private const string Pwsh = """
        Register-ArgumentCompleter -Native -CommandName TOOL -ScriptBlock {
          param($word, $line, $cursor)
          TOOL "[suggest:$cursor]" "$line" 2>$null | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
          }
        }
        """;

    /// <summary>Gets the shells that there is a script for.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>Gets a shell's script for a program.</summary>
    public static string Of(string shell, string tool)
    {
        var script = shell switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            "pwsh" => Pwsh,
            _ => throw ExpectedException.Usage(
                $"shell is \"{shell}\", expected {string.Join(", ", Shells)}{NearestName.Hint(shell, Shells)}"),
        };
        return script.Replace("TOOL", tool, StringComparison.Ordinal).Replace("FUNCTION", tool.Replace('-', '_'), StringComparison.Ordinal);
    }

    /// <summary>Gets the lines for the help that say how each shell reads its script.</summary>
    public static string Examples(string tool) => $"""
        Examples:
          eval "$({tool} completion bash)"        # in ~/.bashrc
          eval "$({tool} completion zsh)"         # in ~/.zshrc
          {tool} completion fish | source         # in ~/.config/fish/config.fish
          {tool} completion pwsh | Out-String | Invoke-Expression
        """;
}
