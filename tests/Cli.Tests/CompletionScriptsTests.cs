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
}
