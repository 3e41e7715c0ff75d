using System.Diagnostics;
using Grpc.Net.Client;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.V1;

namespace LeNetServe.Serving;

/// <summary>
/// Measures <c>Explain</c>, with the layers that the page shows and the gradient, against the same call of <c>Classify</c>. Measures the
/// answers of <c>Classify</c> that explanations beside them displace. The server has core 0, the callers have core 1.
/// </summary>
internal sealed class ExplainCommand : IDisposable
{
    private const int MostTimes = 3;
    private const int Rounds = 7;
    private const int WarmUps = 3;
    private const int Callers = 8;
    private const int Explainers = 2;

    private readonly ServerProcess server;
    private readonly GrpcChannel channel;
    private readonly Classifier.ClassifierClient client;
    private readonly HttpClient http;
    private readonly string name;
    private readonly double seconds;
    private readonly Report report = new();

    private ExplainCommand(ServerProcess server, string name, double seconds)
    {
        this.server = server;
        this.name = name;
        this.seconds = seconds;
        channel = GrpcChannel.ForAddress(server.Grpc);
        client = new(channel);
        http = new() { BaseAddress = new Uri(server.Http) };
    }

    /// <summary>Prints the figures. Returns 0 if every target is met, else 4.</summary>
    public static async Task<int> RunAsync(string serverDll, string modelPath, double seconds)
    {
        if (OperatingSystem.IsLinux())
            Process.GetCurrentProcess().ProcessorAffinity = 2;
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(modelPath));
        var name = Path.GetFileName(Path.GetDirectoryName(folder)!);
        using var model = ClassifierModel.Open(folder, new() { Device = Device.Cpu });
        using var server = await ServerProcess.ServeAsync(
            Path.GetFullPath(serverDll), Path.GetDirectoryName(Path.GetDirectoryName(folder)!)!, pinned: true,
            "--Models:Mode", "explicit", "--Models:Load", name);
        using var command = new ExplainCommand(server, name, seconds);
        var layers = await command.LayersAsync(Images.Of(LoadKind.Pixels, model.Facts));
        for (var round = 1 - WarmUps; round <= Rounds; round++)
        {
            foreach (var kind in new[] { LoadKind.Pixels, LoadKind.Png })
                await command.CompareAsync(kind, Images.Of(kind, model.Facts), layers, isWarmUp: round <= 0);
            if (round > 0)
                await command.ShareAsync(Images.Of(LoadKind.Pixels, model.Facts), layers);
        }
        return command.report.Write(Console.Out) ? 0 : 4;
    }

    public void Dispose()
    {
        http.Dispose();
        channel.Dispose();
    }

    /// <summary>Gets the layers that the page shows: a layer whose activation follows is shown by its activation.</summary>
    private async Task<string[]> LayersAsync(Image image)
    {
        var reply = await client.ExplainAsync(new() { Model = name, Image = image });
        var names = reply.Layers.Select(layer => layer.Name).ToArray();
        return [.. names.Where(layer => !names.Any(other => other.StartsWith(layer + "_", StringComparison.Ordinal)))];
    }

    private async Task CompareAsync(LoadKind kind, Image image, string[] layers, bool isWarmUp)
    {
        var classify = new ClassifyRequest { Model = name, Image = image };
        await CompareAsync(
            $"{kind} over gRPC", async () => await client.ClassifyAsync(classify),
            async () => await client.ExplainAsync(Explain(image, layers)), isWarmUp);
        var route = $"explain?attribution=gradient&layers={string.Join(',', layers)}";
        await CompareAsync($"{kind} over REST", () => PostAsync("classify", image), () => PostAsync(route, image), isWarmUp);
    }

    private ExplainRequest Explain(Image image, string[] layers) =>
        new() { Model = name, Image = image, Layers = { layers }, Attribution = AttributionMethod.Gradient };

    /// <summary>
    /// Adds callers of Explain to those of Classify. An Explain that slowed Classify by more than its share of the processor would leave
    /// fewer answers than fit into the rest.
    /// </summary>
    private async Task ShareAsync(Image image, string[] layers)
    {
        var classify = new ClassifyRequest { Model = name, Image = image };
        Func<Task> answer = async () => await client.ClassifyAsync(classify);
        Func<Task> explain = async () => await client.ExplainAsync(Explain(image, layers));
        var busy = server.ProcessorSeconds();
        var alone = await LoadGenerator.ClosedAsync(answer, Callers, seconds);
        var one = (server.ProcessorSeconds() - busy) / alone.Answered;
        busy = server.ProcessorSeconds();
        var explained = await LoadGenerator.ClosedAsync(explain, Callers, seconds);
        var other = (server.ProcessorSeconds() - busy) / explained.Answered;
        busy = server.ProcessorSeconds();
        var mixed = await Task.WhenAll(
            LoadGenerator.ClosedAsync(answer, Callers, seconds), LoadGenerator.ClosedAsync(explain, Explainers, seconds));
        var left = server.ProcessorSeconds() - busy - (mixed[1].Answered * other);
        report.Add("under load: Classify alone, calls/s", alone.PerSecond);
        report.Add("under load: Classify beside Explain, calls/s", mixed[0].PerSecond);
        report.Add("under load: Explain beside Classify, calls/s", mixed[1].PerSecond);
        report.Add("under load: Explain's share of the processor, of 100", 100 * (1 - (left / (left + (mixed[1].Answered * other)))));
        report.AtLeast("under load: Classify's answers / those that fit into the rest", mixed[0].Answered * one / left, 0.9);
        report.Add("under load: Classify alone, p99, µs", alone.Percentile(99));
        report.Add("under load: Classify beside Explain, p99, µs", mixed[0].Percentile(99));
    }

    private async Task PostAsync(string verb, Image image)
    {
        using HttpContent body = image.SourceCase == Image.SourceOneofCase.Pixels
            ? JsonContent.Create(new { image = new { pixels = image.Pixels.ToBase64() } })
            : new ByteArrayContent(image.Encoded.ToByteArray()) { Headers = { ContentType = new("image/png") } };
        using var response = await http.PostAsync(new Uri($"/v1/models/{name}:{verb}", UriKind.Relative), body);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync();
    }

    private async Task CompareAsync(string kind, Func<Task> classify, Func<Task> explain, bool isWarmUp)
    {
        var one = await CostAsync(classify);
        var other = await CostAsync(explain);
        if (isWarmUp)
            return;
        report.Add($"{kind}: Classify, processor time, µs", one.Processor);
        report.Add($"{kind}: Explain, processor time, µs", other.Processor);
        report.AtMost($"{kind}: Explain / Classify, processor time", other.Processor / one.Processor, MostTimes);
        report.Add($"{kind}: Classify, p50 of one caller, µs", one.Time);
        report.Add($"{kind}: Explain, p50 of one caller, µs", other.Time);
        report.AtMost($"{kind}: Explain / Classify, p50 of one caller", other.Time / one.Time, MostTimes);
    }

    private async Task<(double Processor, double Time)> CostAsync(Func<Task> call)
    {
        var busy = server.ProcessorSeconds();
        var result = await LoadGenerator.ClosedAsync(call, 1, seconds);
        return (1e6 * (server.ProcessorSeconds() - busy) / result.Answered, result.Percentile(50));
    }
}
