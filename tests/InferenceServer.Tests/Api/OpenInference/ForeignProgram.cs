using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

/// <summary>Runs programs that others wrote, each for a minute at most.</summary>
internal static class ForeignProgram
{
    public const string Python = "/usr/bin/python3";

    /// <summary>Runs a program and gets its exit code and its output, errors first.</summary>
    /// <exception cref="TimeoutException">The program did not end and was killed.</exception>
    public static async Task<(int Exit, string Output)> RunAsync(string file, params string[] arguments)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromMinutes(1));
        // Without no_proxy, the program's HTTP and gRPC libraries would ask a proxy of the machine for the server.
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["no_proxy"] = "127.0.0.1" }
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, await errors + await output);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{file} {string.Join(' ', arguments)} did not end");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
        }
    }

    /// <summary>Tells if Debian's Python has these modules, separated by commas, or finds them by PYTHONPATH.</summary>
    public static async Task<bool> PythonHasAsync(string modules) =>
        File.Exists(Python) && (await RunAsync(Python, "-c", $"import {modules}")).Exit == 0;

    /// <summary>A script beside the test.</summary>
    public static string Script(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);
}
