using System.Diagnostics;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>
/// The clock and the metrics of one request. The clock starts when the pipeline receives the request, and ends with exactly one
/// <see cref="Succeed"/> or <see cref="Fail"/>. A clock without metrics measures a part of a request that has its own clock.
/// </summary>
internal struct RunClock
{
    private readonly ModelMetrics? metrics;
    private readonly long started = Stopwatch.GetTimestamp();
    private RequestPhases phases;

    public RunClock(ModelMetrics? metrics)
    {
        this.metrics = metrics;
        metrics?.Enter();
    }

    /// <summary>Ends the phase in which the request waits.</summary>
    public void Admit() => phases = phases with { Queue = Stopwatch.GetTimestamp() - started };

    /// <summary>Ends the phase that follows <see cref="Admit"/>, in which pictures become pixels.</summary>
    public void Decode() => phases = phases with { Decode = Stopwatch.GetTimestamp() - started - phases.Queue };

    /// <summary>Adds a run of the model, and the time for which the request waited for that run.</summary>
    public void Run(long waited, long inference) => phases = phases with { Queue = phases.Queue + waited, Inference = inference };

    /// <summary>Adds a run that was measured by a clock of its own.</summary>
    public void Run(in RequestPhases run) => Run(run.Queue, run.Inference);

    /// <summary>Adds a run that began at <paramref name="begun"/>, for which the request has waited since its start.</summary>
    public void RunFrom(long begun, long inference) => Run(begun - started, inference);

    /// <summary>Records the request as answered.</summary>
    public RequestPhases Succeed(int images)
    {
        End(RequestOutcome.Ok, images);
        return phases;
    }

    /// <summary>Records the request as failed.</summary>
    public void Fail(Exception exception) =>
        End(exception is InferenceException expected ? ErrorMapping.Of(expected.Kind).Outcome : RequestOutcome.Error, 0);

    private void End(RequestOutcome outcome, int images)
    {
        phases = phases with { Total = Stopwatch.GetTimestamp() - started };
        metrics?.Record(outcome, images, phases);
        metrics?.Leave();
    }
}
