using System.Collections.Concurrent;
using Grpc.Core;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// Counts and logs the faults of clients that no service sees, such as a broken frame or a wrong token. The log has at most one line a
/// minute for each kind of fault, because strangers decide how many faults there are.
/// </summary>
internal sealed partial class ClientFaults(ServerMetrics metrics, TimeProvider time, ILogger<ClientFaults> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Line> lines = new();

    /// <summary>Notes a fault and creates the error of its call.</summary>
    public RpcException Create(StatusCode status, string message)
    {
        Note(RequestOutcome.Invalid, $"{status}", message);
        return new(new(status, message));
    }

    /// <summary>Notes a fault.</summary>
    /// <param name="outcome">The outcome in the metrics.</param>
    /// <param name="kind">The kind, from a small set that no client extends.</param>
    /// <param name="message">The message for the log, bounded and without secrets.</param>
    public void Note(RequestOutcome outcome, string kind, string message)
    {
        metrics.Unresolved.Record(outcome, 0, default);
        var line = lines.GetOrAdd(kind, static _ => new());
        int others;
        lock (line)
        {
            if (line.Next > time.GetTimestamp())
            {
                line.Skipped++;
                return;
            }
            line.Next = time.GetTimestamp() + (long)(Interval.TotalSeconds * time.TimestampFrequency);
            others = line.Skipped;
            line.Skipped = 0;
        }
        LogFault(kind, message, others);
    }

    [LoggerMessage(50, LogLevel.Warning, "A client's fault ({Kind}): {Message}; {Others} more of this kind since the last line",
        EventName = "ClientFault")]
    private partial void LogFault(string kind, string message, int others);

    private sealed class Line
    {
        public long Next { get; set; } = long.MinValue;

        public int Skipped { get; set; }
    }
}
