using System.Collections.Concurrent;
using System.Globalization;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>The server's figures: one entry for each model version that was ever served, and gauges that others register.</summary>
internal sealed class ServerMetrics : IDisposable
{
    private readonly ServerInstruments instruments = new();
    private readonly ConcurrentDictionary<(string Model, long Version), ModelMetrics> models = new();
    private readonly ConcurrentDictionary<string, Gauge> gauges = new(StringComparer.Ordinal);
    private readonly TimeProvider time;

    public ServerMetrics(TimeProvider? time = null, bool records = true)
    {
        this.time = time ?? TimeProvider.System;
        Recording = new(records);
        Unresolved = new("", "", instruments, this.time, Recording);
    }

    /// <summary>The switch of counting and timing.</summary>
    public RecordingSwitch Recording { get; }

    /// <summary>Requests that found no model, or were rejected before a model was looked up: callers' names never become labels.</summary>
    public ModelMetrics Unresolved { get; }

    /// <summary>The model versions in the order of their names.</summary>
    public IEnumerable<ModelMetrics> Models =>
        models.OrderBy(entry => entry.Key.Model, StringComparer.Ordinal).ThenBy(entry => entry.Key.Version).Select(entry => entry.Value);

    /// <summary>
    /// Gets the figures of a model version. The figures go on if the version is loaded again. Keep the result, do not look it up per
    /// request.
    /// </summary>
    public ModelMetrics For(string model, long version) =>
        models.GetOrAdd(
            (model, version),
            key => new(key.Model, key.Version.ToString(CultureInfo.InvariantCulture), instruments, time, Recording));

    /// <summary>Shows a value that is read at each scrape; a second registration of the same name replaces the first.</summary>
    /// <param name="name">Prometheus name, such as <c>lenetserve_queue_length</c>.</param>
    /// <param name="description">One line.</param>
    /// <param name="read">Reads the value; called from any thread.</param>
    public void AddGauge(string name, string description, Func<double> read) => gauges[name] = new(name, description, read);

    /// <summary>The registered gauges in the order of their names.</summary>
    public IEnumerable<Gauge> Gauges => gauges.Values.OrderBy(gauge => gauge.Name, StringComparer.Ordinal);

    public void Dispose() => instruments.Dispose();

    /// <summary>A value that is read at each scrape.</summary>
    internal sealed record Gauge(string Name, string Description, Func<double> Read);
}
