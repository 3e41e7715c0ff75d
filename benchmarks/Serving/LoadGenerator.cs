using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using HdrHistogram;
using LeNetServe.V1;

namespace LeNetServe.Serving;

/// <summary>
/// Sends requests. In a closed load, a number of callers wait for their answers. In an open load, calls arrive at a rate (a Poisson
/// process), however long the answers take.
/// </summary>
internal sealed class LoadGenerator : IDisposable
{
    /// <summary>The default number of connections.</summary>
    public const int FewConnections = 2;

    private const int StreamWindow = 8;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private readonly GrpcChannel[] channels;
    private readonly Classifier.ClassifierClient[] clients;

    /// <param name="url">The server.</param>
    /// <param name="connections">HTTP/2 connections. Each carries as many calls at once as the server allows.</param>
    public LoadGenerator(string url, int connections = FewConnections)
    {
        channels =
        [
            .. Enumerable.Range(0, connections)
                .Select(_ => GrpcChannel.ForAddress(url, new() { HttpHandler = new SocketsHttpHandler() })),
        ];
        clients = [.. channels.Select(channel => new Classifier.ClassifierClient(channel))];
    }

    /// <summary>
    /// Loads a server until it stops getting faster, because the compiler's later tiers come while it answers. A turn takes two seconds.
    /// Three turns in a row must be within 5 % of the best before them. There are at least 5 turns and at most 30.
    /// </summary>
    public async Task WarmAsync(LoadKind kind, ClassifyRequest request, int callers)
    {
        var (best, steady) = (0.0, 0);
        for (var turn = 0; turn < 5 || (turn < 30 && steady < 3); turn++)
        {
            var rate = (await ClosedAsync(kind, request, callers, 2)).PerSecond;
            steady = rate <= 1.05 * best ? steady + 1 : 0;
            best = Math.Max(best, rate);
        }
    }

    /// <summary>Runs a closed load of so many callers for so many seconds.</summary>
    public async Task<LoadResult> ClosedAsync(LoadKind kind, ClassifyRequest request, int callers, double seconds)
    {
        var started = Stopwatch.GetTimestamp();
        return await ClosedAsync(kind, request, callers, () => Stopwatch.GetElapsedTime(started).TotalSeconds < seconds);
    }

    /// <summary>Runs a closed load of so many callers as long as it goes on.</summary>
    public async Task<LoadResult> ClosedAsync(LoadKind kind, ClassifyRequest request, int callers, Func<bool> goesOn)
    {
        var tally = new Tally();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => kind == LoadKind.Stream
            ? StreamAsync(clients[caller % clients.Length], request, goesOn, tally)
            : CallAsync(clients[caller % clients.Length], request, goesOn, tally))));
        return tally.Result();
    }

    /// <summary>Runs a closed load of calls of any kind, by so many callers for so many seconds.</summary>
    public static async Task<LoadResult> ClosedAsync(Func<Task> call, int callers, double seconds)
    {
        var tally = new Tally();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(tally.Started).TotalSeconds < seconds)
            {
                var due = Stopwatch.GetTimestamp();
                await call();
                tally.Answer(due);
            }
        })));
        return tally.Result();
    }

    /// <summary>
    /// Runs an open load of so many calls a second on average, for so many seconds. The arrivals have a thread of their own, because on one
    /// core the pool has one thread, which reads the answers.
    /// </summary>
    public async Task<LoadResult> OpenAsync(ClassifyRequest request, double perSecond, double seconds, int seed = 1)
    {
        var tally = new Tally();
        var arrivals = Task.Factory.StartNew(
            () => Arrive(request, perSecond, seconds, new Random(seed), tally),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(await arrivals);
        return tally.Result();
    }

    /// <summary>
    /// Runs a load of so many calls a second by callers with a timetable each. A call that is due while the one before it is under way
    /// counts from the moment at which it was due. The lateness of a timer does not count.
    /// </summary>
    public async Task<LoadResult> PacedAsync(ClassifyRequest request, double perSecond, double seconds)
    {
        var tally = new Tally();
        var callers = (int)Math.Ceiling(perSecond * Pace.TotalSeconds);
        var period = callers / perSecond;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var due = period * caller / callers; due < seconds; due += period)
            {
                var early = due - Stopwatch.GetElapsedTime(tally.Started).TotalSeconds;
                if (early > 0)
                    await Task.Delay(TimeSpan.FromSeconds(early));
                var start = early > 0 ? Stopwatch.GetTimestamp() : tally.Started + (long)(due * Stopwatch.Frequency);
                await OneAsync(clients[caller % clients.Length], request, start, tally);
            }
        })));
        return tally.Result();
    }

    private List<Task> Arrive(ClassifyRequest request, double perSecond, double seconds, Random random, Tally tally)
    {
        var (calls, due) = (new List<Task>(), 0d);
        for (var index = 0; ; index++)
        {
            due += -Math.Log(1 - random.NextDouble()) / perSecond;
            if (due >= seconds)
                return calls;
            while (Stopwatch.GetElapsedTime(tally.Started).TotalSeconds is var now && now < due)
                if (due - now > 0.002)
                    Thread.Sleep(1);
                else
                    Thread.Yield();
            var dueAt = tally.Started + (long)(due * Stopwatch.Frequency);
            tally.Send(dueAt);
            calls.Add(OneAsync(clients[index % clients.Length], request, dueAt, tally));
        }
    }

    public void Dispose()
    {
        foreach (var channel in channels)
            channel.Dispose();
    }

    private static async Task CallAsync(Classifier.ClassifierClient client, ClassifyRequest request, Func<bool> goesOn, Tally tally)
    {
        while (goesOn())
            await OneAsync(client, request, Stopwatch.GetTimestamp(), tally);
    }

    private static async Task OneAsync(Classifier.ClassifierClient client, ClassifyRequest request, long due, Tally tally)
    {
        try
        {
            using var call = client.ClassifyAsync(request, deadline: DateTime.UtcNow + Deadline);
            await call;
            tally.Answer(due);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.ResourceExhausted)
        {
            tally.Refuse(due);
        }
        catch (RpcException)
        {
            tally.Fail();
        }
    }

    private static async Task StreamAsync(Classifier.ClassifierClient client, ClassifyRequest request, Func<bool> goesOn, Tally tally)
    {
        using var call = client.ClassifyStream();
        using var window = new SemaphoreSlim(StreamWindow);
        var reading = Task.Run(async () =>
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                if (call.ResponseStream.Current.Error is null)
                    tally.Answer(Stopwatch.GetTimestamp());
                else
                    tally.Fail();
                window.Release();
            }
        });
        var message = new ClassifyStreamRequest { Request = request };
        while (goesOn())
        {
            await window.WaitAsync();
            await call.RequestStream.WriteAsync(message);
        }
        await call.RequestStream.CompleteAsync();
        await reading;
    }

    private sealed class Tally
    {
        private const long Longest = 60_000_000;
        private readonly LongConcurrentHistogram latencies = new(1, Longest, 3);
        private readonly LongConcurrentHistogram refusals = new(1, Longest, 3);
        private readonly LongConcurrentHistogram lateness = new(1, Longest, 3);
        private long answered, refused, failed;

        public long Started { get; } = Stopwatch.GetTimestamp();

        public void Send(long due) => lateness.RecordValue(Since(due));

        public void Answer(long due) => Count(ref answered, latencies, due);

        public void Refuse(long due) => Count(ref refused, refusals, due);

        public void Fail() => Interlocked.Increment(ref failed);

        public LoadResult Result() =>
            new(answered, refused, failed, Stopwatch.GetElapsedTime(Started).TotalSeconds, latencies, refusals, lateness);

        private static void Count(ref long counter, HistogramBase histogram, long due)
        {
            histogram.RecordValue(Since(due));
            Interlocked.Increment(ref counter);
        }

        private static long Since(long due) => Math.Clamp((long)Stopwatch.GetElapsedTime(due).TotalMicroseconds, 1, Longest);
    }
}
