using System.Globalization;
using System.Text.Json.Nodes;

namespace LeNetServe.BatchScorer.Progress;

/// <summary>
/// Shows the progress of a run: a line that is rewritten on a terminal, a JSON object a line for programs, nothing elsewhere.
/// Counts come from the one thread that writes rows; the clock's thread only reads them.
/// </summary>
internal sealed class ScoringProgress : IDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ForPrograms = TimeSpan.FromSeconds(1);

    private readonly TextWriter target;
    private readonly ProgressStyle style;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly ITimer? timer;
    private readonly Lock gate = new();
    private long images;
    private long failed;
    private long total = -1;
    private bool ended;

    public ScoringProgress(TextWriter target, ProgressStyle style, TimeProvider time)
    {
        this.target = target;
        this.style = style;
        this.time = time;
        started = time.GetTimestamp();
        var period = style == ProgressStyle.Json ? ForPrograms : OnTerminal;
        if (style != ProgressStyle.None)
            timer = time.CreateTimer(_ => Show(), null, period, period);
    }

    public TimeSpan Elapsed => time.GetElapsedTime(started);

    public long Images => Interlocked.Read(ref images);

    /// <summary>Sets the number of all images; unknown until then.</summary>
    public void Expect(long count) => Interlocked.Exchange(ref total, count);

    public void Add(int newImages, int newFailed)
    {
        Interlocked.Add(ref images, newImages);
        Interlocked.Add(ref failed, newFailed);
    }

    /// <summary>Shows the final counts.</summary>
    public void End()
    {
        timer?.Dispose();
        lock (gate)
        {
            if (style == ProgressStyle.Json)
                target.WriteLine(Json(done: true));
            else if (style == ProgressStyle.Terminal)
                target.Write("\r\x1b[K");
            target.Flush();
            ended = true;
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        lock (gate)
        {
            if (!ended && style == ProgressStyle.Terminal)
                target.Write("\r\x1b[K");
            ended = true;
        }
    }

    private void Show()
    {
        lock (gate)
        {
            if (ended)
                return;
            if (style == ProgressStyle.Json)
                target.WriteLine(Json(done: false));
            else
                target.Write($"\r{Line()}\x1b[K");
            target.Flush();
        }
    }

    private double Speed => Images / Math.Max(Elapsed.TotalSeconds, 1e-3);

    private TimeSpan? Remaining =>
        Interlocked.Read(ref total) is var count and >= 0 && Images > 0 ? TimeSpan.FromSeconds(Math.Max(0, count - Images) / Speed) : null;

    private string Line()
    {
        var count = Interlocked.Read(ref total);
        var of = count >= 0
            ? string.Create(CultureInfo.InvariantCulture, $"/{count:N0} ({(count == 0 ? 100 : Images * 100.0 / count):0} %)")
            : "";
        var left = Remaining is { } remaining
            ? string.Create(CultureInfo.InvariantCulture, $", ETA {(long)remaining.TotalHours:00}:{remaining:mm\\:ss}")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{Images:N0}{of} images, {Speed:N0} images/s, {Interlocked.Read(ref failed):N0} failed{left}");
    }

    private string Json(bool done)
    {
        var json = new JsonObject { ["images"] = Images };
        if (Interlocked.Read(ref total) is var count and >= 0)
            json["total"] = count;
        json["failed"] = Interlocked.Read(ref failed);
        json["seconds"] = Math.Round(Elapsed.TotalSeconds, 3);
        json["images_per_second"] = Math.Round(Speed, 1);
        if (Remaining is { } remaining)
            json["eta_seconds"] = Math.Round(remaining.TotalSeconds, 1);
        json["done"] = done;
        return json.ToJsonString();
    }
}
