using System.Collections.Concurrent;
using System.Diagnostics;
using LeNetServe.InferenceServer.Errors;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>
/// All that is counted of one model version. A served model holds its own, so that a request finds it without a look-up; recording
/// takes no lock and allocates nothing once an outcome has been seen.
/// </summary>
internal sealed class ModelMetrics
{
    private const int InferenceCount = 0, LastInference = 1, Entered = 2, Left = 3, UnknownCount = 4;
    private readonly OutcomeMetrics?[] outcomes = new OutcomeMetrics?[Enum.GetValues<RequestOutcome>().Length];
    private readonly long[][] counters = Stripes.Create(() => new long[16]);
    private readonly ConcurrentDictionary<int, PhaseHistogram> batches = new();
    private readonly PhaseHistogram single = new();
    private readonly ServerInstruments instruments;
    private readonly TimeProvider time;
    private readonly RecordingSwitch recording;

    public ModelMetrics(string model, string version, ServerInstruments instruments, TimeProvider time, RecordingSwitch recording)
    {
        this.instruments = instruments;
        this.time = time;
        this.recording = recording;
        Model = model;
        Version = version;
        batches[1] = single;
    }

    /// <summary>The served name, never one that a caller made up; empty for requests that found no model.</summary>
    public string Model { get; }

    /// <summary>The version as text; empty for requests that found no model.</summary>
    public string Version { get; }

    /// <summary>Images answered.</summary>
    public long Inferences => Sum(InferenceCount);

    /// <summary>Images answered whose novelty is above the model's threshold.</summary>
    public long Unknown => Sum(UnknownCount);

    /// <summary>Runs of the model.</summary>
    public long Executions => batches.Values.Sum(runs => runs.Read().Count);

    /// <summary>Requests that have ever entered.</summary>
    public long Requests => Sum(Entered);

    /// <summary>Requests that have entered and not been recorded yet.</summary>
    public long Pending => Sum(Entered) - Sum(Left);

    /// <summary>When the last request was answered, milliseconds since 1970; 0: never.</summary>
    public long LastInferenceMilliseconds => counters.Max(stripe => Interlocked.Read(ref stripe[LastInference]));

    /// <summary>Runs by batch size.</summary>
    public IEnumerable<(int Size, PhaseHistogram Runs)> Batches =>
        batches.Where(batch => batch.Value.Read().Count > 0).OrderBy(batch => batch.Key).Select(batch => (batch.Key, batch.Value));

    /// <summary>The histograms of an outcome; null if it has not occurred.</summary>
    public OutcomeMetrics? this[RequestOutcome outcome] => Volatile.Read(ref outcomes[(int)outcome]);

    /// <summary>A request has been admitted to this model; <see cref="Record"/> must follow.</summary>
    public void Enter() => Count(Entered, 1);

    /// <summary>A request that had entered is over.</summary>
    public void Leave() => Count(Left, 1);

    /// <summary>An image with a novelty above the threshold was answered.</summary>
    public void CountUnknown()
    {
        if (recording.IsOn)
            Count(UnknownCount, 1);
    }

    /// <summary>The model has run once.</summary>
    /// <param name="batch">Images in the batch.</param>
    /// <param name="ticks">Duration, <see cref="Stopwatch"/> ticks.</param>
    public void RecordRun(int batch, long ticks)
    {
        if (recording.IsOn)
            (batch == 1 ? single : batches.GetOrAdd(batch, static _ => new())).Record(RequestPhases.Nanoseconds(ticks));
    }

    /// <summary>A request is over, well or not.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="images">Images answered; 0 if the request failed.</param>
    /// <param name="phases">The parts of the request's time.</param>
    public void Record(RequestOutcome outcome, int images, in RequestPhases phases)
    {
        if (!recording.IsOn)
            return;
        var metrics = Volatile.Read(ref outcomes[(int)outcome]) ?? First(outcome);
        metrics.Decode.Record(RequestPhases.Nanoseconds(phases.Decode));
        metrics.Queue.Record(RequestPhases.Nanoseconds(phases.Queue));
        metrics.Inference.Record(RequestPhases.Nanoseconds(phases.Inference));
        metrics.Request.Record(RequestPhases.Nanoseconds(phases.Total));
        if (outcome == RequestOutcome.Ok)
        {
            var mine = Stripes.Mine(counters);
            Interlocked.Add(ref mine[InferenceCount], images);
            Volatile.Write(ref mine[LastInference], time.GetUtcNow().ToUnixTimeMilliseconds());
        }
        instruments.Record(this, outcome, images, phases);
    }

    private OutcomeMetrics First(RequestOutcome outcome)
    {
        Interlocked.CompareExchange(ref outcomes[(int)outcome], new(), null);
        return outcomes[(int)outcome]!;
    }

    // Also if nothing is recorded: a request that enters now may leave when recording is on again.
    private void Count(int counter, int number) => Interlocked.Add(ref Stripes.Mine(counters)[counter], number);

    private long Sum(int counter)
    {
        long sum = 0;
        foreach (var stripe in counters)
            sum += Interlocked.Read(ref stripe[counter]);
        return sum;
    }
}
