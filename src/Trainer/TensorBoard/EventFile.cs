using System.Globalization;
using Google.Protobuf;
using LeNetServe.Files;
using LeNetServe.Trainer.Metrics;
using Tensorboard;

namespace LeNetServe.Trainer.TensorBoard;

/// <summary>
/// A run's <c>events.out.tfevents.*</c> file, which TensorBoard shows. A resumed run continues the file from the epoch of its checkpoint.
/// TorchSharp's own SummaryWriter begins a new file at every start, so TensorBoard would draw repeated epochs twice.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const string Prefix = "events.out.tfevents.";
    private readonly FileStream stream;
    private readonly TimeProvider time;

    private EventFile(FileStream stream, TimeProvider time)
    {
        this.stream = stream;
        this.time = time;
    }

    /// <summary>Opens the directory's event file, or a new one, and cuts off later steps and all behind a torn record.</summary>
    public static EventFile Open(string directory, long lastStep, TimeProvider time)
    {
        var path = Directory.EnumerateFiles(directory, Prefix + "*").Order(StringComparer.Ordinal).FirstOrDefault()
            ?? Path.Combine(directory, string.Create(
                CultureInfo.InvariantCulture, $"{Prefix}{time.GetUtcNow().ToUnixTimeSeconds()}.{Environment.MachineName}"));
        var end = File.Exists(path) ? EndOfStep(path, lastStep) : 0;
        var file = new EventFile(new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read), time);
        file.stream.SetLength(end);
        file.stream.Position = end;
        if (end == 0)
            file.Write(new Event { FileVersion = "brain.Event:2" });
        return file;
    }

    /// <summary>Writes an epoch's line of <c>metrics.jsonl</c>.</summary>
    public void WriteEpoch(MetricsLine line) => WriteScalars(line.Epoch, ((string Tag, double? Value)[])
    [
        ("loss/train", line.TrainLoss),
        ("loss/validation", line.ValidationLoss),
        ("accuracy/train", line.TrainAccuracy),
        ("accuracy/validation", line.ValidationAccuracy),
        ("learning_rate", line.LearningRate),
        ("images_per_second", line.ImagesPerSecond),
    ]);

    /// <summary>Writes the figures that are not null and flushes them, so that an open TensorBoard shows them.</summary>
    public void WriteScalars(long step, IEnumerable<(string Tag, double? Value)> scalars)
    {
        var summary = new Summary();
        foreach (var (tag, value) in scalars)
            if (value is not null)
                summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        Write(new Event { Step = step, Summary = summary });
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static long EndOfStep(string path, long lastStep)
    {
        long end = 0;
        foreach (var (payload, recordEnd) in RecordFraming.Read(RegularFile.ReadAllBytes(path)))
        {
            if (Event.Parser.ParseFrom(new CodedInputStream(payload.ToArray())).Step > lastStep)
                break;
            end = recordEnd;
        }
        return end;
    }

    private void Write(Event entry)
    {
        entry.WallTime = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        RecordFraming.Write(stream, entry.ToByteArray());
        stream.Flush();
    }
}
