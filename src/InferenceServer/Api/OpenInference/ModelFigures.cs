using Inference;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>Creates a version's statistics from its metrics.</summary>
internal static class ModelFigures
{
    /// <summary>Creates the statistics of a served version.</summary>
    public static ModelStatistics Of(ServedVersion version)
    {
        var metrics = version.Metrics;
        var statistics = new ModelStatistics
        {
            Name = version.Name,
            Version = CallRunner.Text(version.Version),
            LastInference = (ulong)metrics.LastInferenceMilliseconds,
            InferenceCount = (ulong)metrics.Inferences,
            ExecutionCount = (ulong)metrics.Executions,
            InferenceStats = Requests(metrics),
            ResponseStats = { ["0"] = Responses(metrics) },
        };
        foreach (var (size, runs) in metrics.Batches)
            statistics.BatchStats.Add(new InferBatchStatistics
            {
                BatchSize = (ulong)size,
                ComputeInput = new(),
                ComputeInfer = Duration(runs.Read()),
                ComputeOutput = new(),
            });
        return statistics;
    }

    private static InferStatistics Requests(ModelMetrics metrics)
    {
        var fail = new StatisticDuration();
        foreach (var outcome in Enum.GetValues<RequestOutcome>().Where(outcome => outcome != RequestOutcome.Ok))
            if (metrics[outcome] is { } failed)
            {
                var (_, count, nanoseconds) = failed.Request.Read();
                fail.Count += (ulong)count;
                fail.Ns += (ulong)nanoseconds;
            }
        var ok = metrics[RequestOutcome.Ok];
        var request = ok?.Request.Read() ?? default;
        var queue = ok?.Queue.Read() ?? default;
        var decode = ok?.Decode.Read() ?? default;
        var inference = ok?.Inference.Read() ?? default;
        var rest = request.Nanoseconds - queue.Nanoseconds - decode.Nanoseconds - inference.Nanoseconds;
        return new()
        {
            Success = Duration(request),
            Fail = fail,
            Queue = Duration(queue),
            ComputeInput = Duration(decode),
            ComputeInfer = Duration(inference),
            ComputeOutput = new() { Count = (ulong)request.Count, Ns = (ulong)Math.Max(0, rest) },
            CacheHit = new(),
            CacheMiss = new(),
        };
    }

    /// <summary>
    /// Every request has one response, with Triton's index 0. Memory is missing, because ONNX Runtime does not report it by session.
    /// </summary>
    private static InferResponseStatistics Responses(ModelMetrics metrics)
    {
        // Read before the other counters, so that it cannot exceed the sum of all failures.
        var cancelled = metrics[RequestOutcome.Cancelled]?.Request.Read() ?? default;
        var requests = Requests(metrics);
        return new()
        {
            ComputeInfer = requests.ComputeInfer,
            ComputeOutput = requests.ComputeOutput,
            Success = requests.Success,
            Fail = new() { Count = requests.Fail.Count - (ulong)cancelled.Count, Ns = requests.Fail.Ns - (ulong)cancelled.Nanoseconds },
            EmptyResponse = new(),
            Cancel = Duration(cancelled),
        };
    }

    private static StatisticDuration Duration(PhaseSnapshot snapshot) =>
        new() { Count = (ulong)snapshot.Count, Ns = (ulong)snapshot.Nanoseconds };
}
