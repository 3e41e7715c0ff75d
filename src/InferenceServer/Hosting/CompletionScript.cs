using System.Text;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Writes the completion script of a shell.</summary>
internal static class CompletionScript
{
    private const string Program = "lenetserve-serve";

    /// <summary>Writes the script.</summary>
    /// <exception cref="ExpectedException">The shell is unknown (<see cref="ExitCode.Usage"/>).</exception>
    public static string Of(string shell) => shell switch
    {
        "bash" => $$"""
            _lenetserve_serve() {
              local word=${COMP_WORDS[COMP_CWORD]} values=""
              case ${COMP_WORDS[COMP_CWORD-1]} in
                {{string.Join("\n    ", WithChoices.Select(option => $"{option.Name}) values=\"{option.Choices}\" ;;"))}}
              esac
              if [[ -n $values ]]; then
                COMPREPLY=($(compgen -W "$values" -- "$word"))
              elif [[ $word == -* ]]; then
                COMPREPLY=($(compgen -W "{{string.Join(' ', ServerOption.All.Select(option => option.Name))}}" -- "$word"))
              else
                COMPREPLY=($(compgen -f -- "$word"))
              fi
            }
            complete -o filenames -F _lenetserve_serve {{Program}}

            """,
        "zsh" => Lines(
            $"#compdef {Program}\n_arguments \\",
            option => $"  '{option.Name}{Argument(option, "=")}[{Escape(option)}]"
                + $"{Argument(option, option.Choices.Length > 0 ? $":value:({option.Choices})" : ":value:_files")}' \\",
            "  '*:models:_files -/'"),
        "fish" => Lines(
            "",
            option => $"complete -c {Program} -l {option.Name[2..]}"
                + $"{Argument(option, option.Choices.Length > 0 ? $" -x -a '{option.Choices}'" : " -r")} -d '{Escape(option)}'",
            ""),
        "pwsh" => $$"""
            Register-ArgumentCompleter -Native -CommandName {{Program}} -ScriptBlock {
              param($word, $line)
              $choices = @{ {{string.Join("; ", WithChoices.Select(option => $"'{option.Name}' = '{option.Choices}'"))}} }
              $before = @($line.CommandElements | ForEach-Object { "$_" } | Where-Object { $_ -ne $word })[-1]
              if ($choices[$before]) { return $choices[$before].Split(' ') | Where-Object { $_ -like "$word*" } }
              {{string.Join(", ", ServerOption.All.Select(option => $"'{option.Name}'"))}} | Where-Object { $_ -like "$word*" }
            }

            """,
        _ => throw ExpectedException.Usage($"--completion is \"{shell}\", expected bash, zsh, fish or pwsh"
            + NearestName.Hint(shell, ["bash", "zsh", "fish", "pwsh"])),
    };

    private static IEnumerable<ServerOption> WithChoices => ServerOption.All.Where(option => option.Choices.Length > 0);

    private static string Lines(string first, Func<ServerOption, string> line, string last)
    {
        var text = new StringBuilder();
        foreach (var each in (string[])[first, .. ServerOption.All.Select(line), last])
            if (each.Length > 0)
                text.Append(each).Append('\n');
        return text.ToString();
    }

    private static string Argument(ServerOption option, string text) => option.Value.Length == 0 ? "" : text;

    private static string Escape(ServerOption option) => option.Meaning.Replace("'", "").Replace(":", "");
}
