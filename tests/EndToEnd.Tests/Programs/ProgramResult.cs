namespace LeNetServe.EndToEnd.Tests.Programs;

/// <summary>The output of a finished program.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Everything it wrote to standard output.</param>
/// <param name="Error">Everything it wrote to standard error.</param>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>Fails the test, with all that was said, unless the program ended as expected.</summary>
    public ProgramResult Expect(ExitCode code)
    {
        Assert.True((int)code == ExitCode, $"exit code {ExitCode}, expected {(int)code} ({code})\n{Output}\n{Error}");
        return this;
    }
}
