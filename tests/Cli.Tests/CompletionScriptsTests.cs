using System.CommandLine;
using System.Diagnostics;

namespace LeNetServe.Cli.Tests;

public sealed class CompletionScriptsTests
{
    [Theory]
    [InlineData("bash", "complete -o filenames -F _lenetserve_train lenetserve-train")]
    [InlineData("zsh", "compdef _lenetserve_train lenetserve-train")]
    [InlineData("fish", "complete -c lenetserve-train -a '(lenetserve-train \"[suggest:\"")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName lenetserve-train")]
    public void Of_Shell_RegistersTheProgram(string shell, string expected) =>
        Assert.Contains(expected, CompletionScripts.Of(shell, "lenetserve-train"), StringComparison.Ordinal);

    [Fact]
    public void Of_AnotherShell_NamesThoseThatThereAre() => Assert.Contains(
        "expected bash, zsh, fish, pwsh", Assert.Throws<ExpectedException>(
            () => CompletionScripts.Of("tcsh", "tool")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("tool train --optimizer ad", "adam adamw")]
    [InlineData("tool train --optimizer zz", "")]
    [InlineData("tool train --data zz", "zz.png")]
    [InlineData("tool train zz", "zz.png")]
    public async Task Bash_Word_IsCompletedByChoicesOrFiles(string line, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "bash");
        var folder = Directory.CreateTempSubdirectory("lenetserve-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "zz.png"), "", TestContext.Current.CancellationToken);
        var script = $$"""
            cd {{folder}}
            tool() { case "$2" in *optimizer" ") printf 'adam\nadamw\nsgd\n' ;; *train" ") printf '%s\n' --data --optimizer ;; esac; }
            {{CompletionScripts.Of("bash", "tool")}}
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}} COMP_WORDS=({{line}}) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _tool
            echo "${COMPREPLY[@]}"
            """;

        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;

        Assert.Equal(expected, (await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Choice_Values_AreCompletedInLowerCase()
    {
        var command = new Command("tool") { CliOption.Choice<DayOfWeek>("--day", "a day") };

        Assert.Equal(["friday"], command.Parse("--day fr").GetCompletions().Select(item => item.Label));
    }
}
