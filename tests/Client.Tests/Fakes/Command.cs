using System.Diagnostics;

namespace LeNetServe.Client.Tests.Fakes;

/// <summary>Runs commands.</summary>
internal static class Command
{
    /// <summary>Gets the folder of LeNetServe.sln.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Runs a command to its end. Returns its exit code and both output streams.</summary>
    public static async Task<(int Code, string Output)> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await error);
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LeNetServe.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the tests run outside the repository");
        return folder.FullName;
    }
}
