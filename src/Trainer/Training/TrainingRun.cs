using System.Text.Json;
using LeNetServe.Datasets;
using LeNetServe.Files;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Evaluation;
using LeNetServe.Trainer.Metrics;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Reports;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Training;

/// <summary>A whole run: its directory, the training, the final figures. The same request resumes or skips what is there already.</summary>
internal sealed class TrainingRun
{
    private const string LockFile = ".lock";
    private readonly TrainingConfig config;
    private readonly ImageDataset dataset;
    private readonly LeNetSpec spec;

    public TrainingRun(TrainingConfig config, ImageDataset dataset, string runs)
    {
        (this.config, this.dataset) = (config, dataset);
        var input = dataset.Imaging.Input;
        spec = Variants.Create(config.Variant, input.Channels, dataset.Labels.Count);
        if (spec.Input != input)
            throw new SpecException($"variant {spec.Name} takes {spec.Input}, the images of {dataset.Name} are {input}");
        Directory = new(Path.Combine(runs, RunId.Of(config, dataset.Name, spec)));
    }

    /// <summary>The run's directory; its name is the run's id.</summary>
    public RunDirectory Directory { get; }

    /// <summary>The final figures where the run is finished, else null.</summary>
    public RunSummary? Finished => Directory.IsFinished
        ? JsonSerializer.Deserialize(File.ReadAllText(Directory.Summary), LeNetJson.Default.RunSummary)
        : null;

    /// <summary>The network.</summary>
    public LeNetSpec Spec => spec;

    /// <summary>Trains to the end, from the last checkpoint where there is one, and writes everything.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="threads">Threads to compute with.</param>
    /// <param name="display">Shows progress.</param>
    /// <param name="stop">Saves and throws.</param>
    /// <param name="measureThreads">Find out how many of the threads are worth using; otherwise all are used.</param>
    /// <param name="anew">Delete what is there and start from nothing.</param>
    /// <exception cref="IOException">Another process is training this run.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the checkpoint is saved.</exception>
    public RunSummary Execute(Device device, SliceThreads threads, ITrainingDisplay display, CancellationToken stop, bool measureThreads = false, bool anew = false)
    {
        System.IO.Directory.CreateDirectory(Directory.Path);
        using var owner = Lock();
        if (anew)
            Discard();
        var model = new TrainedModel
        {
            Spec = spec,
            Labels = dataset.Labels,
            Imaging = dataset.Imaging,
            Normalization = PixelStatistics.Of(dataset.Train),
            Dataset = DatasetIdentity.Of(dataset),
        };
        using var state = new TrainingState(config, spec, device, Directory);
        var resumed = state.TryLoad();
        MetricsFile.Truncate(Directory.Metrics, state.Progress.Epoch);
        if (resumed)
            CheckSameData(model);
        using (var session = new TrainingSession(config, model, dataset.Train, state, threads, display))
        {
            if (measureThreads)
                session.ChooseThreads();
            WriteDescription(model, device, threads);
            session.Train(Directory, stop);
        }
        return Finish(model, state, threads);
    }

    /// <summary>Deletes what is there, except for the lock, which must be held: another process may be training this run.</summary>
    private void Discard()
    {
        // First: a kill in the middle must not leave what counts as finished.
        File.Delete(Directory.Summary);
        var directory = new DirectoryInfo(Directory.Path);
        foreach (var folder in directory.EnumerateDirectories())
            folder.Delete(recursive: true);
        foreach (var file in directory.EnumerateFiles().Where(file => file.Name != LockFile))
            file.Delete();
    }

    private void WriteDescription(TrainedModel model, Device device, SliceThreads threads)
    {
        AtomicFile.WriteText(Directory.Config, JsonSerializer.Serialize(config, TrainerJson.TrainingConfig));
        AtomicFile.WriteText(Directory.Model, JsonSerializer.Serialize(model, LeNetJson.Default.TrainedModel));
        AtomicFile.WriteText(Directory.Environment, JsonSerializer.Serialize(
            RunEnvironment.Capture(threads.Threads, device.ToString(), config.Seed, model.Dataset), TrainerJson.Of<RunEnvironment>()));
    }

    private void CheckSameData(TrainedModel model)
    {
        var before = JsonSerializer.Deserialize(File.ReadAllText(Directory.Model), LeNetJson.Default.TrainedModel)!;
        if (before.Dataset != model.Dataset)
            throw new InvalidDataException(
                $"{Directory.Path} was begun with data of SHA-256 {before.Dataset.Sha256}, found {model.Dataset.Sha256}: give that data, or --force to start anew");
    }

    private RunSummary Finish(TrainedModel model, TrainingState state, SliceThreads threads)
    {
        var weights = state.Chosen;
        weights.Save(Directory.Weights);
        GoldenImages.Of(weights, model.Normalization, dataset.Test).Write(Directory.Golden);
        using var images = new ResidentImages(dataset.Test, weights.Trained.device);
        var evaluator = new Evaluator(threads);
        int[] all = [.. Enumerable.Range(0, images.Count)];
        var test = evaluator.Measure(weights, model.Normalization, images, all);
        TestEvidence.Collect(weights, model, dataset.Test, images, threads).Write(Directory);
        var speeds = MetricsFile.Read(Directory.Metrics).Select(line => line.ImagesPerSecond).Order().ToArray();
        var summary = new RunSummary
        {
            Run = Directory.Id,
            TestAccuracy = test.Accuracy,
            TestLoss = test.Loss,
            TestImages = test.Images,
            ValidationAccuracy = state.Best is null ? null : state.Progress.BestAccuracy,
            TestAccuracyFlipped = config.FlipTest ? evaluator.Measure(weights, model.Normalization, images, all, flip: true).Accuracy : null,
            Epochs = state.Progress.Epoch,
            Seconds = state.Progress.Seconds,
            ImagesPerSecond = speeds[speeds.Length / 2],
            Parameters = spec.TrainableParameters,
        };
        AtomicFile.WriteText(Directory.Summary, JsonSerializer.Serialize(summary, LeNetJson.Default.RunSummary));
        RunChecksums.Write(Directory);
        RunReport.Write(Directory);
        return summary;
    }

    /// <summary>Held while training: the operating system lets go of it when the process ends, however it ends.</summary>
    private FileStream Lock()
    {
        try
        {
            return new(Path.Combine(Directory.Path, LockFile), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new IOException($"{Directory.Path} is in use by another process: {exception.Message}", exception);
        }
    }
}
