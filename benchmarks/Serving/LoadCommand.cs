using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.V1;

namespace LeNetServe.Serving;

/// <summary>Sends one load to a running server.</summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(string url, string kindName, int callers, double seconds, double perSecond, string path)
    {
        using var model = ClassifierModel.Open(path, new() { Device = Device.Cpu });
        var kind = Enum.Parse<LoadKind>(kindName, ignoreCase: true);
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var name = Path.GetFileName(Path.GetDirectoryName(folder))!;
        var request = new ClassifyRequest { Model = name, Image = Images.Of(kind, model.Facts) };
        using var load = new LoadGenerator(url);
        var result = perSecond > 0
            ? await load.OpenAsync(request, perSecond, seconds)
            : await load.ClosedAsync(kind, request, callers, seconds);
        if (result.Answered == 0)
        {
            Console.Error.WriteLine($"error: no call to {url} was answered: {result.Refused} refused, {result.Failed} failed");
            return 4;
        }
        Console.WriteLine(
            $"{result.PerSecond:0}/s answered, {result.Refused} refused, {result.Failed} failed; microseconds "
            + $"p50 {result.Percentile(50):0}, p90 {result.Percentile(90):0}, "
            + $"p99 {result.Percentile(99):0}, p99.9 {result.Percentile(99.9):0}");
        return result.Failed == 0 ? 0 : 4;
    }
}
