using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using HdrHistogram;
using LeNetServe.V1;

namespace LeNetServe.Serving;

/// <summary>Sends requests, closed-loop (so many callers, each waits for its answer) or open-loop (Poisson arrivals at a rate, whatever the answers do).</summary>
internal sealed class LoadGenerator : IDisposable
{
    private const int StreamWindow = 8;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private readonly GrpcChannel[] channels;
    private readonly Classifier.ClassifierClient[] clients;

    public LoadGenerator(string url, int connections = 2)
    {
        channels = [.. Enumerable.Range(0, connections).Select(_ => GrpcChannel.ForAddress(url, new() { HttpHandler = new SocketsHttpHandler() }))];
        clients = [.. channels.Select(channel => new Classifier.ClassifierClient(channel))];
    }

    public async Task<LoadResult> ClosedAsync(LoadKind kind, Image image, int callers, double seconds)
    {
        var histogram = new LongConcurrentHistogram(1, 60_000_000, 3);
        var counts = new long[2];
        var started = Stopwatch.GetTimestamp();
        bool Goes() => Stopwatch.GetElapsedTime(started).TotalSeconds < seconds;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => kind == LoadKind.Stream
            ? StreamAsync(clients[caller % clients.Length], image, Goes, counts)
            : CallAsync(clients[caller % clients.Length], image, Goes, histogram, counts))));
        return new(counts[0], counts[1], Stopwatch.GetElapsedTime(started).TotalSeconds, histogram);
    }

    public async Task<LoadResult> OpenAsync(Image image, double perSecond, double seconds, int seed = 1)
    {
        var histogram = new LongConcurrentHistogram(1, 60_000_000, 3);
        var (counts, random, pending, due) = (new long[2], new Random(seed), new List<Task>(), 0d);
        var started = Stopwatch.GetTimestamp();
        for (var index = 0; ; index++)
        {
            due += -Math.Log(1 - random.NextDouble()) / perSecond;
            if (due >= seconds)
                break;
            while (Stopwatch.GetElapsedTime(started).TotalSeconds is var now && now < due)
                if (due - now > 0.002)
                    await Task.Delay(1);
                else
                    Thread.SpinWait(20);
            pending.Add(OneAsync(clients[index % clients.Length], image, started + (long)(due * Stopwatch.Frequency), histogram, counts));
        }
        await Task.WhenAll(pending);
        return new(counts[0], counts[1], Stopwatch.GetElapsedTime(started).TotalSeconds, histogram);
    }

    public void Dispose()
    {
        foreach (var channel in channels)
            channel.Dispose();
    }

    private static async Task CallAsync(Classifier.ClassifierClient client, Image image, Func<bool> goes, HistogramBase histogram, long[] counts)
    {
        while (goes())
            await OneAsync(client, image, Stopwatch.GetTimestamp(), histogram, counts);
    }

    private static async Task OneAsync(Classifier.ClassifierClient client, Image image, long due, HistogramBase histogram, long[] counts)
    {
        try
        {
            using var call = client.ClassifyAsync(new() { Image = image }, deadline: DateTime.UtcNow + Deadline);
            await call;
            histogram.RecordValue(Math.Clamp((long)Stopwatch.GetElapsedTime(due).TotalMicroseconds, 1, 60_000_000));
            Interlocked.Increment(ref counts[0]);
        }
        catch (RpcException)
        {
            Interlocked.Increment(ref counts[1]);
        }
    }

    private static async Task StreamAsync(Classifier.ClassifierClient client, Image image, Func<bool> goes, long[] counts)
    {
        using var call = client.ClassifyStream();
        using var window = new SemaphoreSlim(StreamWindow);
        var reading = Task.Run(async () =>
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                Interlocked.Increment(ref counts[call.ResponseStream.Current.Error is null ? 0 : 1]);
                window.Release();
            }
        });
        var request = new ClassifyStreamRequest { Request = new() { Image = image } };
        while (goes())
        {
            await window.WaitAsync();
            await call.RequestStream.WriteAsync(request);
        }
        await call.RequestStream.CompleteAsync();
        await reading;
    }
}
