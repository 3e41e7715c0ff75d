using System.Diagnostics;

namespace LeNetServe.Exporter.Tests.Commands;

/// <summary>
/// A small file system in memory that one process sees. It ends with the process, and needs a user namespace but not root.
/// </summary>
internal static class SmallDisk
{
    private const string Script = """
        mount -t tmpfs -o size="$1" tmpfs "$2" || exit 125
        disk=$2; shift 2
        dotnet "$@"; code=$?
        find "$disk" -mindepth 1
        exit $code
        """;

    /// <summary>Skips the test if this machine does not allow such a disk.</summary>
    public static async Task RequireAsync(string directory)
    {
        if (!OperatingSystem.IsLinux() || (await RunAsync("1m", directory, "--version")).Code == 125)
            Assert.Skip("a small file system in memory cannot be mounted here: not Linux, or without user namespaces");
    }

    /// <summary>Runs the program with a disk of that size mounted on a directory.</summary>
    /// <returns>The exit code, the program's output followed by the files that it left on the disk, and its errors.</returns>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string size, string directory, params string[] arguments)
    {
        const string unshare = "unshare --map-root-user --mount true || exit 125; exec unshare --map-root-user --mount bash -c \"$@\"";
        var start = new ProcessStartInfo(
            "bash", ["-c", unshare, "bash", Script, "bash", size, directory, ExporterProcess.Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
