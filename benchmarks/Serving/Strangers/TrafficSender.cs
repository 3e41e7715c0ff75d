using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace LeNetServe.Serving.Strangers;

/// <summary>Sends each kind of bad and hostile request, again and again, until the time is over.</summary>
internal static class TrafficSender
{
    /// <summary>Prints the number of each answer of each kind, tab-separated.</summary>
    public static async Task<int> RunAsync(string grpc, string http, string model, double seconds)
    {
        var answers = new ConcurrentDictionary<(string Kind, string Answer), int>();
        var started = Stopwatch.GetTimestamp();
        using var traffic = new Traffic(grpc, http, model);
        await Task.WhenAll(traffic.All().Select(each => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                answers.AddOrUpdate((each.Name, await AnswerAsync(each.Send)), 1, static (_, count) => count + 1);
                await Task.Delay(each.Pause);
            }
        })));
        foreach (var ((kind, answer), count) in answers.OrderBy(entry => entry.Key))
            Console.WriteLine($"{kind}\t{answer}\t{count}");
        return 0;
    }

    private static async Task<string> AnswerAsync(Func<Task<string>> send)
    {
        try
        {
            return await send();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or SocketException
            or OperationCanceledException or TimeoutException)
        {
            return exception.GetType().Name;
        }
    }
}
