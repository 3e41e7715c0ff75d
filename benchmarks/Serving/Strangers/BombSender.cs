using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using LeNetServe.V1;

namespace LeNetServe.Serving.Strangers;

/// <summary>Callers that send bombs. Each waits for its answer, and sends the next bomb a second after the last.</summary>
internal static class BombSender
{
    private const int CallersOfConnection = 20;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Sends until the time is over, and prints the number of each answer.</summary>
    public static async Task<int> RunAsync(string url, string kind, int callers, double seconds, string model)
    {
        var answers = new ConcurrentDictionary<StatusCode, int>();
        var started = Stopwatch.GetTimestamp();
        var (gifs, png) = (Bombs.Gifs(model), Bombs.Png(model));
        var channels = Enumerable.Range(0, (callers + CallersOfConnection - 1) / CallersOfConnection)
            .Select(_ => GrpcChannel.ForAddress(url)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(SendAsync));
        Console.WriteLine(string.Join(", ", answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Value} {answer.Key}")));
        return 0;

        async Task SendAsync(int caller)
        {
            var client = new Classifier.ClassifierClient(channels[caller / CallersOfConnection]);
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                var sent = Stopwatch.GetTimestamp();
                answers.AddOrUpdate(await AnswerAsync(client), 1, static (_, count) => count + 1);
                if (Period - Stopwatch.GetElapsedTime(sent) is var rest && rest > TimeSpan.Zero)
                    await Task.Delay(rest);
            }
        }

        async Task<StatusCode> AnswerAsync(Classifier.ClassifierClient client)
        {
            try
            {
                if (kind == "gifs")
                    await client.ClassifyBatchAsync(gifs);
                else
                    await client.ClassifyAsync(png);
                return StatusCode.OK;
            }
            catch (RpcException exception)
            {
                return exception.StatusCode;
            }
        }
    }
}
