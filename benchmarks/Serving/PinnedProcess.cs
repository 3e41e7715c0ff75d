using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LeNetServe.Serving;

/// <summary>A server of this comparison, kept on one core.</summary>
internal sealed partial class PinnedProcess : IDisposable
{
    private readonly Process process;
    private readonly HttpClient http = new();

    private PinnedProcess(Process process, string grpc, string metrics) => (this.process, Grpc, Metrics) = (process, grpc, metrics);

    public string Grpc { get; }

    public string Metrics { get; }

    public static async Task<PinnedProcess> StartAsync(bool untilReady, params string[] arguments)
    {
        var process = Process.Start(Info(arguments))!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}");
        var match = Addresses().Match(line);
        if (untilReady)
            await process.StandardOutput.ReadLineAsync();
        return new(process, match.Groups["grpc"].Value, match.Groups["http"].Value + "/metrics");
    }

    /// <summary>What the program prints.</summary>
    public static async Task<string> OutputAsync(params string[] arguments)
    {
        using var process = Process.Start(Info(arguments))!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }

    public async Task<double> MetricAsync(string name)
    {
        var text = await http.GetStringAsync(new Uri(Metrics));
        return double.Parse(text.Split('\n').First(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
        http.Dispose();
    }

    private static ProcessStartInfo Info(string[] arguments) => new("taskset", ["-c", "0", "dotnet", "exec", .. arguments]) { RedirectStandardOutput = true };

    [GeneratedRegex("grpc=(?<grpc>[^ ]+) http=(?<http>[^ ]+)")]
    private static partial Regex Addresses();
}
