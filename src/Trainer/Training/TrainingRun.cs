using System.Text.Json;
using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Files;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Evaluation;
using LeNetServe.Trainer.Film;
using LeNetServe.Trainer.Metrics;
using LeNetServe.Trainer.Parameters;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Reports;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Training;

/// <summary>A whole run: its directory, the training, the final figures. The same request resumes or skips a run.</summary>
internal sealed class TrainingRun
{
    private readonly TrainingConfig config;
    private readonly ImageDataset dataset;
    private readonly TrainingData data;
    private readonly Lazy<RunInputs> inputs;

    /// <param name="config">Every hyper-parameter.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="runs">Directory of the runs.</param>
    /// <param name="identity">The identity of the images, if several runs share it.</param>
    /// <exception cref="ExpectedException">No training image of a class is left.</exception>
    public TrainingRun(TrainingConfig config, ImageDataset dataset, string runs, Lazy<DatasetIdentity>? identity = null)
    {
        ClassNames.Require(dataset);
        this.config = config;
        this.dataset = dataset;
        inputs = new(() => RunInputs.Of(config, dataset, identity?.Value ?? DatasetIdentity.Of(dataset)));
        // The hash is ready when the run needs it. An error comes again then.
        _ = Task.Run(() => inputs.Value);
        var input = dataset.Imaging.Input;
        Spec = Variants.Create(config.Variant, input.Channels, dataset.Labels.Count);
        if (Spec.Input != input)
            throw new SpecException($"variant {Spec.Name} takes {Spec.Input}, the images of {dataset.Name} are {input}");
        data = TrainingData.Split(dataset.Train, config.Validation, config.Calibration ?? 0);
        HeldOutCheck.Require(config, dataset, data);
        Directory = new(Path.Combine(runs, RunId.Of(config, dataset.Name, Spec)));
    }

    /// <summary>The run's directory; its name is the run's id.</summary>
    public RunDirectory Directory { get; }

    /// <summary>Gets the final figures if the run is finished, else null.</summary>
    public RunSummary? Finished => Directory.IsFinished ? Directory.ReadSummary() : null;

    /// <summary>The network.</summary>
    public LeNetSpec Spec { get; }

    /// <summary>Gets a sentence for each value of the config that changes nothing, and for each thing that the run will not have.</summary>
    public IEnumerable<string> Notes =>
        [.. UsedSettings.Notes(Values(config), Values(new()), Spec), .. HeldOutCheck.Notes(config, dataset, data)];

    /// <summary>Gets the final figures if the run is finished with the same images, class names and teachers; else null.</summary>
    /// <exception cref="InvalidDataException">The run is finished with other inputs, or its files were changed since.</exception>
    public RunSummary? Reuse()
    {
        if (Finished is not { } finished)
            return null;
        RunChecksums.Verify(Directory);
        inputs.Value.RequireSame(Directory);
        return finished;
    }

    /// <summary>Gets the file that a process locks while it trains the run.</summary>
    public static string LockFile(RunDirectory run) => Path.Combine(run.Path, ".lock");

    /// <summary>Trains to the end, from the last checkpoint if there is one, and writes everything.</summary>
    /// <param name="device">Device to compute on.</param>
    /// <param name="threads">Threads to compute with.</param>
    /// <param name="display">Shows progress.</param>
    /// <param name="stop">Saves and throws.</param>
    /// <param name="measureThreads">Measure how many of the threads are worth using; otherwise all are used.</param>
    /// <param name="anew">Delete the directory's files and start from nothing.</param>
    /// <exception cref="IOException">Another process is training this run.</exception>
    /// <exception cref="OperationCanceledException">Training was stopped; the checkpoint is saved.</exception>
    public RunSummary Execute(
        Device device,
        SliceThreads threads,
        ITrainingDisplay display,
        CancellationToken stop,
        bool measureThreads = false,
        bool anew = false)
    {
        System.IO.Directory.CreateDirectory(Directory.Path);
        try
        {
            return ExecuteLocked(device, threads, display, measureThreads, anew, stop);
        }
        finally
        {
            // A request that is refused before its first step leaves no run behind.
            if (!System.IO.Directory.EnumerateFileSystemEntries(Directory.Path).Any())
                System.IO.Directory.Delete(Directory.Path);
        }
    }

    private RunSummary ExecuteLocked(
        Device device, SliceThreads threads, ITrainingDisplay display, bool measureThreads, bool anew, CancellationToken stop)
    {
        using var owner = DirectoryLock.TryTake(LockFile(Directory))
            ?? throw new IOException($"{Directory.Path} is in use by another process, which trains this run");
        if (anew)
            Discard();
        var model = new TrainedModel
        {
            Spec = Spec,
            Labels = dataset.Labels,
            Imaging = dataset.Imaging,
            Normalization = PixelStatistics.Of(dataset.Train),
            Dataset = inputs.Value.Dataset,
        };
        using var state = new TrainingState(config, Spec, device, Directory);
        var resumed = state.TryLoad();
        new EpochFile<MetricsLine>(Directory.Metrics).Truncate(state.Progress.Epoch);
        new EpochFile<FilmFrame>(Directory.Film).Truncate(state.Progress.Epoch);
        if (resumed)
        {
            inputs.Value.RequireSame(Directory);
            // The files that it lists change from here on.
            File.Delete(Directory.Checksums);
            display.Resume(state.Progress, config.Epochs);
        }
        using (var session = new TrainingSession(config, model, dataset.Train, state, threads, display))
        {
            if (measureThreads)
                session.ChooseThreads();
            WriteDescription(model, device, threads);
            session.Train(Directory, stop);
        }
        display.Ending(data.Calibration.Length == 0
            ? $"measuring {Counted.Of(dataset.Test.Count, "test image")} …"
            : $"calibrating on {Counted.Of(data.Calibration.Length, "held-out image")}, learning what is strange, "
                + $"measuring {Counted.Of(dataset.Test.Count, "test image")} …");
        return Finish(model, state, threads);
    }

    /// <summary>Deletes the directory's files except for the lock, which must be held: another process may be training this run.</summary>
    private void Discard()
    {
        // The summary goes first: after a kill in the middle, the run must not count as finished.
        File.Delete(Directory.Summary);
        File.Delete(Directory.Checksums);
        var directory = new DirectoryInfo(Directory.Path);
        foreach (var folder in directory.EnumerateDirectories())
            folder.Delete(recursive: true);
        foreach (var file in directory.EnumerateFiles().Where(file => file.FullName != Path.GetFullPath(LockFile(Directory))))
            file.Delete();
    }

    private static Dictionary<string, string> Values(TrainingConfig config) => JsonSerializer
        .SerializeToElement(config, TrainerJson.TrainingConfig).EnumerateObject()
        .ToDictionary(value => value.Name, value => value.Value.ToString().ToLowerInvariant());

    private void WriteDescription(TrainedModel model, Device device, SliceThreads threads)
    {
        var environment = RunEnvironment.Capture(threads.Threads, device.ToString(), config.Seed, inputs.Value);
        AtomicFile.WriteText(Directory.Config, JsonSerializer.Serialize(ConfigPaths.Whole(config), TrainerJson.TrainingConfig));
        AtomicFile.WriteText(Directory.Model, JsonSerializer.Serialize(model, LeNetJson.Default.TrainedModel));
        AtomicFile.WriteText(Directory.Environment, JsonSerializer.Serialize(environment, TrainerJson.Of<RunEnvironment>()));
    }

    private RunSummary Finish(TrainedModel model, TrainingState state, SliceThreads threads)
    {
        var weights = state.Chosen;
        weights.Save(Directory.Weights);
        model = model with { Certainty = Calibrate(model, weights, threads) };
        AtomicFile.WriteText(Directory.Model, JsonSerializer.Serialize(model, LeNetJson.Default.TrainedModel));
        using var images = new ResidentImages(dataset.Test, weights.Trained.device);
        GoldenImages.Of(weights, model, dataset.Test, images, threads).Write(Directory.Golden);
        var evidence = TestEvidence.Collect(weights, model, dataset.Test, images, threads);
        evidence.Write(Directory);
        var certainty = CertaintyFigures.Of(evidence.Probabilities, evidence.Labels);
        var speeds = new EpochFile<MetricsLine>(Directory.Metrics).Read().Select(line => line.ImagesPerSecond).Order().ToArray();
        var summary = new RunSummary
        {
            Run = Directory.Id,
            TestAccuracy = (double)evidence.Labels.Zip(evidence.Answers()).Count(pair => pair.First == pair.Second) / certainty.Images,
            TestLoss = certainty.Loss,
            TestCalibrationError = certainty.CalibrationError,
            TestBrier = certainty.Brier,
            Temperature = model.Certainty?.Temperature,
            TestImages = certainty.Images,
            ValidationAccuracy = state.Progress.BestEpoch > 0 ? state.Progress.BestAccuracy : null,
            TestAccuracyFlipped = config.FlipTest
                ? new Evaluator(threads).Measure(weights, model, images, images.All(), flip: true).Accuracy
                : null,
            Epochs = state.Progress.Epoch,
            Seconds = state.Progress.Seconds,
            ImagesPerSecond = speeds.ElementAtOrDefault(speeds.Length / 2),
            Parameters = Spec.TrainableParameters,
        };
        AtomicFile.WriteText(Directory.Summary, JsonSerializer.Serialize(summary, LeNetJson.Default.RunSummary));
        RunChecksums.Write(Directory);
        RunReport.Write(Directory);
        return summary;
    }

    private ModelCertainty? Calibrate(TrainedModel model, ParameterStore weights, SliceThreads threads)
    {
        File.Delete(Directory.Novelty);
        if (data.Calibration.Length == 0)
            return null;
        using var images = new ResidentImages(dataset.Train, weights.Trained.device);
        var certainty = Calibrator.Fit(weights, model, images, data.Calibration, threads);
        var trainer = new NoveltyTrainer(weights, model with { Certainty = certainty }, dataset.Train, images, threads);
        if (trainer.Fit(data) is not var (novelty, rule, scores))
            return certainty;
        novelty.Write(Directory.Novelty);
        return certainty with { Novelty = rule, Answers = certainty.Answers! with { Novelty = ScoreHistogram.Of(scores) } };
    }
}
