using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LeNetServe.Serving;

/// <summary>
/// A server of this comparison as a process of its own, on core 0 by default. All servers run on the runtimeconfig.json of the server under
/// test, so that collector, compiler and thread pool have the same settings.
/// </summary>
internal sealed partial class ServerProcess : IDisposable
{
    // This process is on core 1, and a process that it starts would be there as well.
    private static readonly string AllCores = $"0-{Environment.ProcessorCount - 1}";
    private readonly Process process;
    private readonly HttpClient http = new();

    private ServerProcess(Process process, string grpc, string http, double milliseconds) =>
        (this.process, Grpc, Http, MillisecondsToStart) = (process, grpc, http, milliseconds);

    public string Grpc { get; }

    public string Http { get; }

    /// <summary>Gets the time from the start of the process until its line that it is ready, or else that it listens.</summary>
    public double MillisecondsToStart { get; }

    /// <summary>Starts the server under test.</summary>
    public static Task<ServerProcess> ServeAsync(string dll, string models, bool pinned, params string[] settings) =>
        ServeInAsync("", dll, models, pinned, settings);

    /// <summary>Starts the server under test with the appsettings.json of a folder, which it watches.</summary>
    public static Task<ServerProcess> ServeInAsync(string folder, string dll, string models, bool pinned, params string[] settings)
    {
        string[] listen = ["--Listen:Address", "127.0.0.1", "--Listen:GrpcPort", "0", "--Listen:HttpPort", "0"];
        return StartAsync(
            isReady: line => line.StartsWith("LeNetServe ready", StringComparison.Ordinal), pinned, folder,
            [dll, "--Models:Path", models, .. listen, "--Logging:LogLevel:Default=Warning", .. settings]);
    }

    /// <summary>Starts the echo.</summary>
    public static Task<ServerProcess> EchoAsync(string dll) =>
        StartAsync(isReady: _ => true, pinned: true, "", [.. OnSettingsOf(dll), "echo"]);

    /// <summary>Starts the bare service.</summary>
    public static Task<ServerProcess> BareAsync(string dll, string model) =>
        StartAsync(isReady: _ => true, pinned: true, "", [.. OnSettingsOf(dll), "bare", model]);

    /// <summary>Runs <c>alone</c>. Gets the images a second in ONNX Runtime and in decoding.</summary>
    public static async Task<(double Inference, double Decoding)> AloneAsync(string dll, string model, double seconds)
    {
        string[] arguments = [.. OnSettingsOf(dll), "alone", model, seconds.ToString(CultureInfo.InvariantCulture)];
        using var process = Process.Start(Info(true, arguments))!;
        var figures = (await process.StandardOutput.ReadToEndAsync()).Split(' ');
        await process.WaitForExitAsync();
        return (double.Parse(figures[0], CultureInfo.InvariantCulture), double.Parse(figures[1], CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Starts a command of this program at the lowest priority, so that its callers do not hold up those of this process.
    /// </summary>
    public static Process StartSelf(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("nice", ["-n", "19", "dotnet", "exec", typeof(ServerProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
        })!;

    /// <summary>Gets the number of file descriptors and of threads.</summary>
    public (int Descriptors, int Threads) Handles() =>
        (Directory.GetFiles($"/proc/{process.Id}/fd").Length, Directory.GetDirectories($"/proc/{process.Id}/task").Length);

    /// <summary>Gets whether the process has ended.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>Gets the resident memory in bytes.</summary>
    public Task<double> MemoryAsync() => MetricAsync("process_resident_memory_bytes ");

    /// <summary>Gets the processor time used so far, in seconds.</summary>
    public double ProcessorSeconds()
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Gets the bytes of managed memory that were ever allocated.</summary>
    public Task<double> AllocatedAsync() => MetricAsync("dotnet_gc_allocated_bytes_total ");

    /// <summary>Gets the sum of the metrics whose lines match.</summary>
    public async Task<double> MetricAsync(string start, string contains = "")
    {
        var text = await http.GetStringAsync(new Uri(Http + "/metrics"));
        return text.Split('\n')
            .Where(line => line.StartsWith(start, StringComparison.Ordinal) && line.Contains(contains, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        http.Dispose();
    }

    private static async Task<ServerProcess> StartAsync(Func<string, bool> isReady, bool pinned, string folder, string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        var process = Process.Start(Info(pinned, arguments, folder))!;
        Match? addresses = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            addresses = Addresses().Match(line) is { Success: true } match ? match : addresses;
            if (addresses is null || !isReady(line))
                continue;
            var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            return new(process, addresses.Groups["grpc"].Value, addresses.Groups["http"].Value, milliseconds);
        }
        throw new InvalidOperationException($"{string.Join(' ', arguments)} ended before it was ready");
    }

    private static ProcessStartInfo Info(bool pinned, string[] arguments, string folder = "") =>
        new("taskset", ["-c", pinned ? "0" : AllCores, "dotnet", "exec", .. arguments])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
            Environment = { ["DOTNET_hostBuilder__reloadConfigOnChange"] = folder.Length > 0 ? "true" : "false" },
        };

    private static string[] OnSettingsOf(string dll) =>
        ["--runtimeconfig", Path.ChangeExtension(dll, ".runtimeconfig.json"), typeof(ServerProcess).Assembly.Location];

    [GeneratedRegex("grpc=(?<grpc>[^ ]+) http=(?<http>[^ ]+)")]
    private static partial Regex Addresses();
}
