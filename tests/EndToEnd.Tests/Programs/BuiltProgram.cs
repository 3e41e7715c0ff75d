using System.Diagnostics;

namespace LeNetServe.EndToEnd.Tests.Programs;

/// <summary>A program of this repository as it was built with the tests, run as a process of its own.</summary>
internal static class BuiltProgram
{
    /// <summary>The program's assembly, to be started by <c>dotnet</c>.</summary>
    public static string PathOf(string project) =>
        Path.Combine(RepositoryTree.Output, project, RepositoryTree.Configuration, $"LeNetServe.{project}.dll");

    /// <summary>Runs a program to its end; a cancelled test kills it.</summary>
    public static Task<ProgramResult> Run(string project, string folder, params string[] arguments) =>
        Run(Start("dotnet", folder, [PathOf(project), .. arguments]));

    /// <summary>Runs any command to its end; a cancelled test kills it and what it started.</summary>
    public static async Task<ProgramResult> Run(Process process)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using (process)
        {
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(cancellation);
                var error = process.StandardError.ReadToEndAsync(cancellation);
                await process.WaitForExitAsync(cancellation);
                return new(process.ExitCode, await output, await error);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }

    /// <summary>Starts a command with its output captured and nothing to read.</summary>
    public static Process Start(string command, string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
