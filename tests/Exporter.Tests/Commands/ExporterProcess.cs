using System.Diagnostics;

namespace LeNetServe.Exporter.Tests.Commands;

/// <summary>The program itself, as a user starts it.</summary>
internal static class ExporterProcess
{
    /// <summary>The program.</summary>
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "LeNetServe.Exporter.dll");

    /// <summary>Starts it; <paramref name="prefix"/> is a shell's text before the command, such as a limit.</summary>
    public static Process Start(string prefix, params string[] arguments)
    {
        var start = prefix == ""
            ? new ProcessStartInfo("dotnet") { ArgumentList = { Program } }
            : new ProcessStartInfo("bash") { ArgumentList = { "-c", $"{prefix} exec dotnet \"$@\"", "bash", Program } };
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string prefix, params string[] arguments)
    {
        using var process = Start(prefix, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
