using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeNetServe.Files;

namespace LeNetServe.Runs;

/// <summary>The names inside a run directory: the interface between the Trainer and the Exporter.</summary>
public sealed class RunDirectory(string path)
{
    private const long MaxJsonBytes = 1 << 24;

    private static readonly string[] Paths = ["data", "teacher", "variant"];

    /// <summary>The directory itself.</summary>
    public string Path { get; } = path;

    /// <summary>The run's id: the directory's name.</summary>
    public string Id => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    /// <summary>Every hyper-parameter, as used.</summary>
    public string Config => System.IO.Path.Combine(Path, "config.json");

    /// <summary>Versions, CPU, threads, seed, hash of the data set.</summary>
    public string Environment => System.IO.Path.Combine(Path, "environment.json");

    /// <summary>The trained model: <see cref="TrainedModel"/>.</summary>
    public string Model => System.IO.Path.Combine(Path, "model.json");

    /// <summary>A line of JSON per epoch.</summary>
    public string Metrics => System.IO.Path.Combine(Path, "metrics.jsonl");

    /// <summary>A line of JSON per epoch, with the first filters and the confusion; absent in runs of earlier versions.</summary>
    public string Film => System.IO.Path.Combine(Path, "film.jsonl");

    /// <summary>Final figures: <see cref="RunSummary"/>. Present when training and testing are over.</summary>
    public string Summary => System.IO.Path.Combine(Path, "summary.json");

    /// <summary>The page for people.</summary>
    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>Weights, optimizer and progress.</summary>
    public string Checkpoint => System.IO.Path.Combine(Path, "checkpoint");

    /// <summary>The weights to export.</summary>
    public string Weights => System.IO.Path.Combine(Checkpoint, "model.safetensors");

    /// <summary>SHA-256 of the files that an exporter reads: <see cref="RunChecksums"/>. It is written after the final figures.</summary>
    public string Checksums => System.IO.Path.Combine(Path, "SHA256SUMS");

    /// <summary>Test images with torch's answers.</summary>
    public string Golden => System.IO.Path.Combine(Path, Models.GoldenTensors.FileName);

    /// <summary>The score of strange images: <see cref="Certainty.NoveltyModel"/>. Absent if the run is not calibrated.</summary>
    public string Novelty => System.IO.Path.Combine(Path, Certainty.NoveltyModel.FileName);

    /// <summary>Tells whether the run has its last files: final figures, checksums and report.</summary>
    public bool IsFinished => File.Exists(Summary) && File.Exists(Checksums) && File.Exists(Report);

    /// <summary>Reads the trained model's description.</summary>
    /// <exception cref="InvalidDataException">The file is not one.</exception>
    public TrainedModel ReadModel() => Read(Model, LeNetJson.Default.TrainedModel);

    /// <summary>Reads the final figures; null while the run is not finished.</summary>
    /// <exception cref="InvalidDataException">The file does not hold them.</exception>
    public RunSummary? ReadSummary() => File.Exists(Summary) ? Read(Summary, LeNetJson.Default.RunSummary) : null;

    /// <summary>Reads the settings by name, without those that may be paths; null if the run has no <c>config.json</c>.</summary>
    /// <exception cref="InvalidDataException">The file does not hold them.</exception>
    public IReadOnlyDictionary<string, string>? ReadRecipe() => File.Exists(Config)
        ? Read(Config, LeNetJson.Default.Settings)
            .Where(setting => !Paths.Contains(setting.Key) && setting.Value.ValueKind != JsonValueKind.Null)
            .ToDictionary(setting => setting.Key, setting => setting.Value.ToString().ToLowerInvariant())
        : null;

    private static T Read<T>(string path, JsonTypeInfo<T> type)
    {
        try
        {
            var json = RegularFile.ReadAllBytes(path, MaxJsonBytes);
            JsonFault.RequireWholeTexts(json);
            return JsonSerializer.Deserialize(json, type)
                ?? throw new InvalidDataException($"{path} is null, expected an object");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or OverflowException)
        {
            throw new InvalidDataException($"{path}: {JsonFault.MessageOf(exception)}", exception);
        }
    }
}
