using LeNetServe.Datasets;
using LeNetServe.Randomness;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Evaluation;
using LeNetServe.Trainer.Film;
using LeNetServe.Trainer.Metrics;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Optimization;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.TensorBoard;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Training;

/// <summary>The training loop.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly TrainingConfig config;
    private readonly TrainedModel model;
    private readonly TrainingState state;
    private readonly SliceThreads threads;
    private readonly Evaluator evaluator;
    private readonly ITrainingDisplay display;
    private readonly ResidentImages images;
    private readonly TrainingData data;
    private readonly Augmentation augmentation;
    private readonly SoftTargets? softTargets;
    private readonly FilmRecorder film;
    private readonly Network[] slices;
    private readonly (double Loss, long Correct)[] results;
    private readonly int batchSize;

    /// <exception cref="ExpectedException">The teacher does not fit, or a slice of a batch is too small for the network.</exception>
    public TrainingSession(
        TrainingConfig config, TrainedModel model, ImageSet train, TrainingState state, SliceThreads threads, ITrainingDisplay display)
    {
        this.config = config;
        this.model = model;
        this.state = state;
        this.threads = threads;
        this.display = display;
        var device = state.Weights.Trained.device;
        evaluator = new(threads);
        images = new(train, device);
        data = TrainingData.Split(train, config.Validation, config.Calibration ?? 0, config.Balance);
        film = new(model, [.. data.Validation.Select(image => train.Labels[image])]);
        augmentation = new(config, model.Imaging, device);
        softTargets = SoftTargets.Create(config, model, images, threads);
        batchSize = Math.Min(config.BatchSize, data.Train.Length);
        StepsPerEpoch = data.Train.Length / batchSize;
        var count = Math.Min(config.Slices, batchSize);
        if (batchSize / count < 2 && model.Spec.Layers.Any(layer => layer is BatchNormSpec))
            throw ExpectedException.Usage(
                $"{batchSize} images of a batch in {count} shards, expected at least {2 * count}: {model.Spec.Name} has batch norm, "
                + "and a single image has no variance");
        slices = [.. Enumerable.Range(0, count).Select(_ => new Network(state.Weights, model.Normalization))];
        results = new (double, long)[slices.Length];
    }

    /// <summary>Steps of an epoch. Images beyond the last whole batch are left out until another epoch's order.</summary>
    public int StepsPerEpoch { get; }

    public int ImagesPerEpoch => StepsPerEpoch * batchSize;

    /// <summary>
    /// Tries one thread, two, four and so on, a few gradients each, and uses the fewest that are not clearly slower than the best.
    /// More threads than free cores are slower than one. Training does not depend on the number.
    /// </summary>
    public void ChooseThreads()
    {
        var batch = data.Train.AsSpan(0, batchSize).ToArray();
        var times = new List<(int Threads, double Seconds)>();
        var count = 0;
        while (count < threads.Most)
        {
            count = Math.Clamp(2 * count, 1, threads.Most);
            threads.Use(count);
            times.Add((count, Enumerable.Range(0, 5).Min(_ => Seconds(() => threads.Run(slices.Length, slice => Backward(slice, batch))))));
        }
        foreach (var slice in slices)
            slice.Constant.copy_(state.Weights.Constant);
        threads.Use(Fewest(times));
    }

    /// <summary>The fewest threads that are at most a twentieth slower than the best.</summary>
    internal static int Fewest(IReadOnlyList<(int Threads, double Seconds)> times)
    {
        var best = times.Min(time => time.Seconds);
        return times.First(time => time.Seconds <= 1.05 * best).Threads;
    }

    /// <summary>Trains from the state's progress to the end.</summary>
    /// <param name="run">The directory of metrics and checkpoints.</param>
    /// <param name="stop">Saves a checkpoint after the current step and throws.</param>
    /// <exception cref="OperationCanceledException">Training was stopped; the checkpoint is saved.</exception>
    public void Train(RunDirectory run, CancellationToken stop)
    {
        using var events = EventFile.Open(run.Path, state.Progress.Epoch, TimeProvider.System);
        while (!state.Progress.Finished)
        {
            var order = EpochOrder.Of(data.Train, config.Seed, state.Progress.Epoch);
            while (state.Progress.Step < StepsPerEpoch)
            {
                if (stop.IsCancellationRequested)
                    state.Save();
                stop.ThrowIfCancellationRequested();
                var started = TimeProvider.System.GetTimestamp();
                var (loss, correct) = Step(order.AsSpan(state.Progress.Step * batchSize, batchSize));
                state.Progress = state.Progress with
                {
                    Step = state.Progress.Step + 1,
                    LossSum = state.Progress.LossSum + loss,
                    Correct = state.Progress.Correct + correct,
                    EpochSeconds = state.Progress.EpochSeconds + TimeProvider.System.GetElapsedTime(started).TotalSeconds,
                };
                display.Step(state.Progress, StepsPerEpoch, batchSize);
            }
            var (line, answers) = EndEpoch();
            new EpochFile<MetricsLine>(run.Metrics).Append(line);
            new EpochFile<FilmFrame>(run.Film).Append(film.Record(line.Epoch, state.Current, answers));
            events.WriteEpoch(line);
            state.Save();
            display.Epoch(line, config.Epochs);
        }
    }

    /// <summary>Makes one step: every slice's gradient, their sum, the optimizer, the averages.</summary>
    /// <returns>Sum of the images' losses, and number of images classified correctly.</returns>
    public (double Loss, long Correct) Step(ReadOnlySpan<int> numbers)
    {
        var batch = numbers.ToArray();
        threads.Run(slices.Length, slice => Backward(slice, batch));

        using var off = no_grad();
        using var scope = NewDisposeScope();
        var gradient = slices[0].Gradient;
        foreach (var slice in slices.AsSpan(1))
            gradient.add_(slice.Gradient, Number.Of(1));
        if (config.GradientClip > 0)
            gradient.mul_(Number.Of(Math.Min(1, config.GradientClip / (gradient.norm().item<float>() + 1e-12))));
        var step = (long)state.Progress.Epoch * StepsPerEpoch + state.Progress.Step;
        state.Optimizer.Step(state.Weights.Trained, gradient, LearningRate.At(config, step, StepsPerEpoch), step + 1, threads);
        ShareStatistics();
        UpdateAverage(step);
        return (results.Sum(result => result.Loss), results.Sum(result => result.Correct));
    }

    public void Dispose()
    {
        foreach (var slice in slices)
            slice.Dispose();
        augmentation.Dispose();
        softTargets?.Dispose();
        images.Dispose();
    }

    private void Backward(int slice, int[] batch)
    {
        using var scope = NewDisposeScope();
        var from = slice * batch.Length / slices.Length;
        var to = (slice + 1) * batch.Length / slices.Length;
        var numbers = batch.AsSpan(from, to - from);
        var network = slices[slice];
        network.Gradient.zero_();
        var (pixels, labels) = images.Batch(numbers);
        pixels = augmentation.Apply(pixels, numbers, state.Progress.Epoch);
        var logits = network.Forward(pixels, new(Training: true, Seed: PassSeed(slice)));
        var loss = Criterion.Sum(logits, labels, model.Spec, config);
        if (softTargets is not null)
            loss = loss.mul(Number.Of(1 - config.TeacherShare)).add(
                Criterion.Distillation(logits, softTargets.Batch(numbers), config.Temperature), Number.Of(config.TeacherShare));
        network.Backward(loss.div(Number.Of(batch.Length)));
        results[slice] = (loss.item<float>(), logits.argmax(1).eq(labels).sum().item<long>());
    }

    private static double Seconds(Action work)
    {
        var started = TimeProvider.System.GetTimestamp();
        work();
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private ulong PassSeed(int slice) => SplitMix64.For(
        config.Seed, RandomStreams.Dropout + 1000 * state.Progress.Epoch, state.Progress.Step * slices.Length + slice).Next() >> 1;

    /// <summary>Sets the running statistics of the network to the mean of its slices'.</summary>
    private void ShareStatistics()
    {
        if (state.Weights.Constant.numel() == 0)
            return;
        var mean = state.Weights.Constant;
        mean.copy_(slices[0].Constant);
        foreach (var slice in slices.AsSpan(1))
            mean.add_(slice.Constant, Number.Of(1));
        mean.div_(Number.Of(slices.Length));
        foreach (var slice in slices)
            slice.Constant.copy_(mean);
    }

    /// <summary>Moves the average towards the weights; a young average forgets faster, so that the random start fades.</summary>
    private void UpdateAverage(long step)
    {
        if (state.Average is not { } average)
            return;
        var newest = 1 - Math.Min(config.Ema, (step + 1.0) / (step + 10));
        average.Trained.lerp_(state.Weights.Trained, newest);
        if (average.Constant.numel() > 0)
            average.Constant.lerp_(state.Weights.Constant, newest);
    }

    /// <summary>Validates the epoch, and keeps its weights if they are the best or the config keeps the last.</summary>
    /// <returns>Its figures, and the class that the network gives to each validation image.</returns>
    private (MetricsLine Line, int[]? Answers) EndEpoch()
    {
        var done = state.Progress;
        var epoch = done.Epoch + 1;
        var validation = data.Validation.Length > 0
            ? evaluator.Measure(state.Current, model, images, data.Validation)
            : null;
        var isBetter = (validation?.Accuracy, -validation?.Loss).CompareTo((done.BestAccuracy, -done.BestLoss)) > 0;
        if (validation is not null && (isBetter || config.Keep == KeptEpoch.Last))
        {
            state.Best!.CopyFrom(state.Current);
            var gain = validation.Accuracy > done.BestAccuracy ? epoch : done.GainEpoch;
            done = done with { BestAccuracy = validation.Accuracy, BestLoss = validation.Loss, BestEpoch = epoch, GainEpoch = gain };
        }
        state.Progress = new()
        {
            Epoch = epoch,
            Seconds = done.Seconds + done.EpochSeconds,
            BestAccuracy = done.BestAccuracy,
            BestLoss = done.BestLoss,
            BestEpoch = done.BestEpoch,
            GainEpoch = done.GainEpoch,
            Finished = epoch == config.Epochs || (config.EarlyStopping > 0 && epoch - done.GainEpoch >= config.EarlyStopping),
        };
        var line = new MetricsLine
        {
            Epoch = epoch,
            TrainLoss = done.LossSum / ImagesPerEpoch,
            TrainAccuracy = (double)done.Correct / ImagesPerEpoch,
            ValidationLoss = validation?.Loss,
            ValidationAccuracy = validation?.Accuracy,
            LearningRate = LearningRate.At(config, (long)epoch * StepsPerEpoch - 1, StepsPerEpoch),
            Seconds = done.EpochSeconds,
            ImagesPerSecond = ImagesPerEpoch / done.EpochSeconds,
        };
        return (line, validation?.Answers);
    }
}
