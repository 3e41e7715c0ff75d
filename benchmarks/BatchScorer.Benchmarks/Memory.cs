using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LeNetServe.BatchScorer.Benchmarks;

/// <summary>
/// Peak resident memory for 10,000 images and for 1,000,000: hard links to one picture, all in one folder, the hardest case to list.
/// </summary>
internal static partial class Memory
{
    private const double MostGrowth = 1.2;
    private const double MostMegabytes = 250;

    public static async Task<int> Measure(string program, string model, string image)
    {
        var folder = Directory.CreateTempSubdirectory("lenetserve-memory-").FullName;
        try
        {
            var peaks = new List<double>();
            var made = 0;
            foreach (var count in (int[])[10_000, 1_000_000])
            {
                for (; made < count; made++)
                    Name(image, folder, made);
                foreach (var output in (string[])["file.jsonl", "job"])
                {
                    var target = Path.Combine(Path.GetTempPath(), $"lenetserve-memory-{Environment.ProcessId}-{count}-{output}");
                    var (peak, seconds) = await Peak(program, ["score", folder, "-m", model, "-o", target, "-q"]);
                    peaks.Add(peak);
                    Console.WriteLine(
                        $"{count,9:N0} images to a {(output == "job" ? "job" : "file"),-4}: peak {peak:0.0} MB, {seconds:0.0} s, "
                        + $"{count / seconds:N0} images/s");
                    foreach (var path in Directory.GetFileSystemEntries(Path.GetTempPath(), Path.GetFileNameWithoutExtension(target) + "*"))
                        Remove(path);
                }
            }
            var (file, job) = (peaks[2] / peaks[0], peaks[3] / peaks[1]);
            Console.WriteLine(
                $"1,000,000 against 10,000: file {file:0.00}, job {job:0.00} (target: at most {MostGrowth}, and under {MostMegabytes} MB)");
            return file <= MostGrowth && job <= MostGrowth && peaks.Max() < MostMegabytes ? 0 : (int)ExitCode.CheckFailed;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double Megabytes, double Seconds)> Peak(string program, string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(program, arguments);
        double peak = 0;
        while (!process.WaitForExit(20))
            peak = Math.Max(peak, HighWaterMark(process.Id));
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? (peak, Stopwatch.GetElapsedTime(started).TotalSeconds)
            : throw new InvalidOperationException($"exit code {process.ExitCode}");
    }

    /// <summary>The kernel's own record of the peak, so that polling misses nothing but the last 20 ms.</summary>
    private static double HighWaterMark(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(
                line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>A name of the picture; file systems limit the names of one file (ext4: 65,000), so every 50,000th is a copy.</summary>
    private static void Name(string image, string folder, int number)
    {
        const int Names = 50_000;
        var source = Path.Combine(folder, $"{number / Names * Names}.png");
        if (number % Names == 0)
            File.Copy(image, source);
        else if (Link(source, Path.Combine(folder, $"{number}.png")) != 0)
            throw new IOException($"cannot link in {folder}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
