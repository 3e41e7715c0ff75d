using System.Text.Json;
using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Models;
using LeNetServe.Randomness;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Tensors;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Film;
using LeNetServe.Trainer.Metrics;
using LeNetServe.Trainer.Parameters;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Reports;
using LeNetServe.Trainer.Sweeps;
using LeNetServe.Trainer.Training;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Tests.Training;

public sealed class TrainingRunTests
{
    private static readonly TrainingConfig Everything = new()
    {
        Dataset = "tiny",
        Variant = "lenet5-bn",
        Epochs = 3,
        BatchSize = 64,
        Ema = 0.9,
        Validation = 0.2,
        WeightDecay = 0.01,
        GradientClip = 1,
        LabelSmoothing = 0.1,
        Shift = 2,
        Rotate = 5,
        Elastic = 0.5,
        Cutout = 4,
        Flip = FlipKind.Alternating,
        FlipTest = true,
    };

    [Theory]
    [InlineData("lenet5")]
    [InlineData("lenet5-bn")]
    [InlineData("lenet5-silu")]
    [InlineData("lenet5-sparse")]
    [InlineData("lenet5-1998")]
    public void Execute_EveryVariant_LearnsAndWritesTheRunDirectory(string variant)
    {
        using var directory = new TemporaryDirectory();
        var run = new TrainingRun(
            new()
            {
                Dataset = "tiny",
                Variant = variant,
                Epochs = 6,
                BatchSize = 32,
                LearningRate = 0.003
            }, TinyDataset.Create(), directory.Path);

        var summary = Execute(run, threads: 2);

        Assert.True(summary.TestAccuracy > 0.9, $"accuracy {summary.TestAccuracy}");
        Assert.Equal(run.Spec.TrainableParameters, summary.Parameters);
        Assert.Equal(6, File.ReadAllLines(run.Directory.Metrics).Length);
        Assert.Equal(summary, run.Finished);
        var model = JsonSerializer.Deserialize(File.ReadAllText(run.Directory.Model), LeNetJson.Default.TrainedModel)!;
        Assert.Equal(DatasetIdentity.Of(TinyDataset.Create()), model.Dataset);
        using var store = new ParameterStore(model.Spec, CPU);
        store.Load(run.Directory.Weights);
        Assert.Equal(100, GoldenTensors.Read(run.Directory.Golden).Count);
    }

    [Theory]
    [InlineData(0.25, 128)]
    [InlineData(0, 256)]
    public void Execute_WithImagesHeldOut_CalibratesEveryAnswer(double validation, int images)
    {
        using var directory = new TemporaryDirectory();
        var config = new TrainingConfig { Dataset = "tiny", Epochs = 1, Validation = validation, Calibration = 0.5, LearningRate = 0.0005 };
        var run = new TrainingRun(config, TinyDataset.Create(), directory.Path);

        var summary = Execute(run, threads: 2);

        var certainty = JsonSerializer.Deserialize(File.ReadAllText(run.Directory.Model), LeNetJson.Default.TrainedModel)!.Certainty!;
        Assert.Equal(images, certainty.Images);
        Assert.Equal(certainty.Temperature, summary.Temperature);
        Assert.True(certainty.LossAfter <= certainty.LossBefore, $"{certainty.LossAfter} after, {certainty.LossBefore} before");
        var novelty = NoveltyModel.Read(run.Directory.Novelty);
        Assert.Equal(120, novelty.Features);
        Assert.Equal(["C5_relu"], certainty.Novelty!.Layers);
        Assert.InRange(certainty.Novelty.FalseAlarms, 0, 0.01);
        var evidence = ReportEvidence.Read(run.Directory);
        var figures = CertaintyFigures.Of(evidence.Probabilities, evidence.Labels);
        Assert.Equal(summary.TestLoss, figures.Loss, 1e-4);
        Assert.Equal(summary.TestCalibrationError, figures.CalibrationError);
        var golden = GoldenTensors.Read(run.Directory.Golden);
        var softmax = TemperatureFit.Probabilities(golden.Logits, 4, 1);
        Assert.All(golden.Probabilities.Zip(softmax), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
        Assert.All(golden.Probabilities.Take(4).Zip(evidence.Probabilities), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    [Fact]
    public void Execute_WithOtherThreads_GivesTheSameWeightsToTheBit()
    {
        using var directory = new TemporaryDirectory();
        var (one, two) = (New(directory, "one"), New(directory, "two"));

        Execute(one, threads: 1);
        Execute(two, threads: 2);

        Assert.Equal(File.ReadAllBytes(one.Directory.Weights), File.ReadAllBytes(two.Directory.Weights));
    }

    [Theory]
    [InlineData(nameof(OptimizerKind.Sgd))]
    [InlineData(nameof(OptimizerKind.Adam))]
    [InlineData(nameof(OptimizerKind.AdamW))]
    [InlineData(nameof(OptimizerKind.Muon))]
    public void Execute_StoppedAtAnyStepAndResumed_GivesTheSameWeightsToTheBit(string optimizer) =>
        AssertResumes(Everything with { Optimizer = Enum.Parse<OptimizerKind>(optimizer) });

    [Fact]
    public void Execute_StoppedWithTeacherAndDropout_GivesTheSameWeightsToTheBit()
    {
        using var directory = new TemporaryDirectory();
        var teacher = new TrainingRun(Everything with { Epochs = 1 }, TinyDataset.Create(), directory.Path);
        Execute(teacher, threads: 1);
        var variant = Path.Combine(directory.Path, "dropout.json");
        var layers = Variants.Create("lenet5", 1, 4).Layers.SelectMany(
            layer => layer.Name == "F6" ? [new DropoutSpec { Name = "C5_dropout", Rate = 0.3 }, layer] : (LayerSpec[])[layer]);
        File.WriteAllText(variant, JsonSerializer.Serialize(new VariantFile { Layers = [.. layers] }, LeNetJson.Default.VariantFile));

        AssertResumes(Everything with { Variant = variant, Teacher = teacher.Directory.Path, LabelSmoothing = 0 });
    }

    [Fact]
    public void Execute_InUseByAnother_SaysSo()
    {
        using var directory = new TemporaryDirectory();
        var run = New(directory, "run");
        Directory.CreateDirectory(run.Directory.Path);
        using var other = new FileStream(Path.Combine(run.Directory.Path, ".lock"), FileMode.Create, FileAccess.Write, FileShare.None);

        Assert.Contains(
            "in use by another process", Assert.Throws<IOException>(() => Execute(run, threads: 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_AnewWhileInUseByAnother_DeletesNothing()
    {
        using var directory = new TemporaryDirectory();
        var run = New(directory, "run");
        Assert.ThrowsAny<OperationCanceledException>(() => ExecuteUntilStopped(run, steps: 2));
        using var other = new FileStream(
            Path.Combine(run.Directory.Path, ".lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        var before = Directory.GetFiles(run.Directory.Path, "*", SearchOption.AllDirectories);

        Assert.Throws<IOException>(() => Execute(run, threads: 1, anew: true));

        Assert.Equal(before, Directory.GetFiles(run.Directory.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Execute_Anew_LeavesNothingOfTheRunBefore()
    {
        using var directory = new TemporaryDirectory();
        var run = New(directory, "run");
        var first = Execute(run, threads: 1);
        File.WriteAllText(Path.Combine(run.Directory.Checkpoint, "old"), "");
        File.WriteAllText(Path.Combine(run.Directory.Path, "old"), "");

        var second = Execute(run, threads: 1, anew: true);

        Assert.Equal(first.TestAccuracy, second.TestAccuracy);
        Assert.NotEqual(first.Seconds, second.Seconds);
        Assert.Empty(Directory.GetFiles(run.Directory.Path, "old", SearchOption.AllDirectories));
        Assert.Equal(Everything.Epochs, new EpochFile<MetricsLine>(run.Directory.Metrics).Read().Count);
    }

    [Theory]
    [InlineData("", "the text is empty, expected JSON")]
    [InlineData("[1]", "the value is of another kind than expected")]
    [InlineData("""{"teachers":{"a":1}}""", "the value is of another kind than expected")]
    public void Reuse_EnvironmentIsDamaged_NamesTheFile(string text, string fault)
    {
        using var directory = new TemporaryDirectory();
        var run = New(directory, "run");
        Execute(run, threads: 1);
        File.WriteAllText(run.Directory.Environment, text);

        var message = Assert.Throws<InvalidDataException>(run.Reuse).Message;

        Assert.StartsWith($"{run.Directory.Environment}: ", message, StringComparison.Ordinal);
        Assert.EndsWith(fault, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_MetricsAreLostBeforeTheLastFiles_WritesThemWithoutASpeed()
    {
        using var directory = new TemporaryDirectory();
        var run = New(directory, "run");
        var before = Execute(run, threads: 1);
        File.Delete(run.Directory.Summary);
        File.Delete(run.Directory.Checksums);
        File.WriteAllText(run.Directory.Metrics, "");

        var after = Execute(run, threads: 1);

        Assert.Equal(before with { ImagesPerSecond = 0 }, after);
        Assert.True(run.Directory.IsFinished);
    }

    [Theory]
    [InlineData("summary.json")]
    [InlineData("SHA256SUMS")]
    [InlineData("report.html")]
    public void Execute_KilledBeforeItsLastFiles_WritesThemWithoutTraining(string missing)
    {
        using var directory = new TemporaryDirectory();
        var data = TinyDataset.Create();
        // A wrong label: without it, the network may make no mistake.
        data.Test.Labels[0] = 3;
        var run = new TrainingRun(Everything, data, Path.Combine(directory.Path, "run"));
        var before = Execute(run, threads: 1);
        var weights = File.ReadAllBytes(run.Directory.Weights);
        // The files are written in this order, so that the missing file and every later one do not exist.
        string[] last = ["summary.json", "SHA256SUMS", "report.html"];
        foreach (var file in last.SkipWhile(file => file != missing))
            File.Delete(Path.Combine(run.Directory.Path, file));

        Assert.Null(run.Finished);
        Assert.False(new PlannedRun(Everything, run.Directory).IsFinished);
        Assert.Equal(before, Execute(run, threads: 1));

        Assert.Equal(before, run.Finished);
        Assert.True(RunChecksums.Verify(run.Directory));
        Assert.True(File.Exists(run.Directory.Report));
        var evidence = ReportEvidence.Read(run.Directory);
        Assert.NotEmpty(evidence.Mistakes);
        Assert.Equal(evidence.Mistakes.Length * evidence.Shape.Height * evidence.Shape.Width, evidence.MistakeGradients.Length);
        Assert.Contains(evidence.MistakeGradients, value => value != 0);
        Assert.Equal(weights, File.ReadAllBytes(run.Directory.Weights));
    }

    [Theory]
    [MemberData(nameof(OptimizersOnTables))]
    public void Execute_ConnectionTable_LeavesExactZerosWhereThereIsNoConnection(string variant, string optimizer)
    {
        using var directory = new TemporaryDirectory();
        var run = new TrainingRun(
            new()
            {
                Dataset = "tiny",
                Variant = variant,
                Optimizer = Enum.Parse<OptimizerKind>(optimizer),
                Epochs = 1,
                BatchSize = 64,
                WeightDecay = 0.1
            },
            TinyDataset.Create(), directory.Path);

        Execute(run, threads: 1);

        var kernels = SafetensorsFile.Read(run.Directory.Weights)["C3.weight"].ToSingles();
        for (var map = 0; map < 16; map++)
            for (var source = 0; source < 6; source++)
            {
                var kernel = kernels[((map * 6 + source) * 25)..((map * 6 + source + 1) * 25)];
                Assert.True(Variants.C3Table[map].Contains(source) ? kernel.All(value => value != 0) : kernel.All(value => value == 0),
                    $"map {map} of map {source}");
            }
    }

    public static TheoryData<string, string> OptimizersOnTables =>
        new(from variant in (string[])["lenet5-sparse", "lenet5-1998"]
            from optimizer in Enum.GetNames<OptimizerKind>()
            select (variant, optimizer));

    [Fact]
    public void Execute_ResumedOnOtherData_IsAnError()
    {
        using var directory = new TemporaryDirectory();
        Assert.ThrowsAny<OperationCanceledException>(() => ExecuteUntilStopped(New(directory, "run"), steps: 2));
        var other = new TrainingRun(Everything, TinyDataset.Create(train: 516), Path.Combine(directory.Path, "run"));

        Assert.Contains(
            "was begun with data", Assert.Throws<InvalidDataException>(() => Execute(other, threads: 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reuse_OtherDataOrClassNames_IsAnErrorThatSaysWhatToDo()
    {
        using var directory = new TemporaryDirectory();
        var data = TinyDataset.Create();
        var run = new TrainingRun(Everything with { Epochs = 1 }, data, directory.Path);
        var summary = Execute(run, threads: 1);

        Assert.Equal(summary, Again(TinyDataset.Create()).Reuse());
        AssertRefused(TinyDataset.Create(test: 124), "was begun with data of SHA-256");
        AssertRefused(data with { Train = data.Train with { Labels = [.. data.Train.Labels.Reverse()] } }, "(512 + 120 images)");
        AssertRefused(data with { Labels = ["0", "1", "3", "2"] }, "was begun with the classes 0, 1, 2, 3, found 0, 1, 3, 2");

        TrainingRun Again(ImageDataset dataset) => new(Everything with { Epochs = 1 }, dataset, directory.Path);

        void AssertRefused(ImageDataset dataset, string expected)
        {
            var message = Assert.Throws<InvalidDataException>(() => Again(dataset).Reuse()).Message;
            Assert.Contains(expected, message, StringComparison.Ordinal);
            Assert.Contains("train --force to start anew, or another --out", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("summary.json")]
    public void Reuse_FileChangedAfterTheRun_IsAnErrorThatNamesTheFile(string file)
    {
        using var directory = new TemporaryDirectory();
        var run = new TrainingRun(Everything with { Epochs = 1 }, TinyDataset.Create(), directory.Path);
        Execute(run, threads: 1);
        File.AppendAllText(Path.Combine(run.Directory.Path, file), " ");

        var message = Assert.Throws<InvalidDataException>(run.Reuse).Message;

        Assert.StartsWith(Path.Combine(run.Directory.Path, file), message, StringComparison.Ordinal);
        Assert.EndsWith("changed or damaged after the run; restore it, or train anew with --force", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reuse_TeacherTrainedAnew_IsAnError()
    {
        using var directory = new TemporaryDirectory();
        var teacher = new TrainingRun(Everything with { Epochs = 1 }, TinyDataset.Create(), directory.Path);
        Execute(teacher, threads: 1);
        var config = Everything with { Epochs = 1, Teacher = teacher.Directory.Path, Variant = "lenet5" };
        var student = new TrainingRun(config, TinyDataset.Create(), directory.Path);
        Execute(student, threads: 1);
        Assert.NotNull(student.Reuse());

        File.AppendAllText(teacher.Directory.Weights, " ");

        var again = new TrainingRun(config, TinyDataset.Create(), directory.Path);
        var error = Assert.Throws<InvalidDataException>(again.Reuse);
        Assert.Contains($"weights of teacher {teacher.Directory.Id}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reuse_SecondTeacherOfTheSameNameTrainedAnew_IsAnError()
    {
        using var directory = new TemporaryDirectory();
        string[] teachers = [.. Enumerable.Range(1, 2).Select(seed =>
        {
            var teacher = new TrainingRun(Everything with { Epochs = 1, Seed = seed }, TinyDataset.Create(), directory.Path);
            Execute(teacher, threads: 1);
            Directory.CreateDirectory(Path.Combine(directory.Path, $"{seed}"));
            Directory.Move(teacher.Directory.Path, Path.Combine(directory.Path, $"{seed}", "best"));
            return Path.Combine(directory.Path, $"{seed}", "best");
        })];
        var config = Everything with { Epochs = 1, Teacher = string.Join(',', teachers), Variant = "lenet5" };
        var student = new TrainingRun(config, TinyDataset.Create(), directory.Path);
        Execute(student, threads: 1);
        Assert.NotNull(student.Reuse());

        File.AppendAllText(new RunDirectory(teachers[1]).Weights, " ");

        var again = new TrainingRun(config, TinyDataset.Create(), directory.Path);
        Assert.Contains("weights of teacher best (2)", Assert.Throws<InvalidDataException>(again.Reuse).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_BatchNormWithOneImageInAShard_SaysWhatItTakes()
    {
        using var directory = new TemporaryDirectory();
        var run = new TrainingRun(new() { Dataset = "tiny", Variant = "lenet5-bn", BatchSize = 3 }, TinyDataset.Create(), directory.Path);

        var exception = Assert.Throws<ExpectedException>(() => Execute(run, threads: 1));

        Assert.Equal("3 images of a batch in 2 shards, expected at least 4: lenet5-bn has batch norm, and a single image has no variance",
            exception.Message);
    }

    [Fact]
    public void Execute_EarlyStopping_EndsWhenValidationStopsGettingBetter()
    {
        using var directory = new TemporaryDirectory();
        var run = new TrainingRun(
            new()
            {
                Dataset = "tiny",
                Epochs = 100,
                BatchSize = 32,
                LearningRate = 0.003,
                Validation = 0.2,
                EarlyStopping = 2,
                Schedule = ScheduleKind.Constant
            },
            TinyDataset.Create(), directory.Path);

        Assert.InRange(Execute(run, threads: 1).Epochs, 3, 99);
    }

    [Fact]
    public void Execute_KeepBestOrLast_KeepsTheWeightsOfThatEpoch()
    {
        using var directory = new TemporaryDirectory();
        // Labels by chance cannot be learned, so the best epoch is one by chance.
        var random = new SplitMix64(1);
        var bars = TinyDataset.Create();
        var dataset = bars with
        {
            Train = new(bars.Train.Shape, bars.Train.Pixels, [.. bars.Train.Labels.Select(_ => random.Next(4))]),
        };
        var config = new TrainingConfig
        {
            Dataset = "tiny",
            Epochs = 5,
            BatchSize = 32,
            Validation = 0.25,
        };

        var (bestEpoch, best) = Kept(KeptEpoch.Best);
        var (lastEpoch, last) = Kept(KeptEpoch.Last);

        Assert.Equal(5, lastEpoch);
        Assert.True(bestEpoch < 5, $"epoch {bestEpoch} is the best");
        Assert.True(best > last, $"{best} at the best epoch, {last} at the last one");

        (int Epoch, double Accuracy) Kept(KeptEpoch keep)
        {
            var run = new TrainingRun(config with { Keep = keep }, dataset, directory.Path);
            var accuracy = Execute(run, threads: 1).ValidationAccuracy!.Value;
            var model = JsonSerializer.Deserialize(File.ReadAllText(run.Directory.Model), LeNetJson.Default.TrainedModel)!;
            // The validation images calibrate too, so their loss names the epoch of the stored weights.
            var kept = new EpochFile<MetricsLine>(run.Directory.Metrics).Read()
                .MinBy(line => Math.Abs(line.ValidationLoss!.Value - model.Certainty!.LossBefore))!;
            Assert.Equal(kept.ValidationLoss!.Value, model.Certainty!.LossBefore, 1e-5);
            Assert.Equal(accuracy, kept.ValidationAccuracy);
            return (kept.Epoch, accuracy);
        }
    }

    private static void AssertResumes(TrainingConfig config)
    {
        using var directory = new TemporaryDirectory();
        var whole = new TrainingRun(config, TinyDataset.Create(), Path.Combine(directory.Path, "whole"));
        var pieces = new TrainingRun(config, TinyDataset.Create(), Path.Combine(directory.Path, "pieces"));
        Execute(whole, threads: 1);

        var interruptions = 0;
        while (pieces.Finished is null)
            try
            {
                ExecuteUntilStopped(pieces, steps: 1 + interruptions * 5 % 4);
            }
            catch (OperationCanceledException)
            {
                interruptions++;
            }

        Assert.True(interruptions > 4, $"{interruptions} interruptions");
        Assert.Equal(config.Epochs, new EpochFile<FilmFrame>(whole.Directory.Film).Read().Count);
        Assert.Equal(File.ReadAllBytes(whole.Directory.Film), File.ReadAllBytes(pieces.Directory.Film));
        Assert.Equal(File.ReadAllBytes(whole.Directory.Weights), File.ReadAllBytes(pieces.Directory.Weights));
        Assert.Equal(whole.Finished!.TestAccuracy, pieces.Finished!.TestAccuracy);
        Assert.Equal(
            new EpochFile<MetricsLine>(whole.Directory.Metrics).Read().Select(line => (line.Epoch, line.TrainLoss, line.ValidationLoss)),
            new EpochFile<MetricsLine>(pieces.Directory.Metrics).Read().Select(line => (line.Epoch, line.TrainLoss, line.ValidationLoss)));
    }

    private static TrainingRun New(TemporaryDirectory directory, string name) =>
        new(Everything, TinyDataset.Create(), Path.Combine(directory.Path, name));

    private static RunSummary Execute(TrainingRun run, int threads, bool anew = false)
    {
        using var pool = new SliceThreads(threads);
        return run.Execute(CPU, pool, new PlainDisplay(TextWriter.Null), TestContext.Current.CancellationToken, anew: anew);
    }

    private static void ExecuteUntilStopped(TrainingRun run, int steps)
    {
        using var pool = new SliceThreads(1);
        using var stop = new CancellationTokenSource();
        run.Execute(CPU, pool, new StopAfter(steps, stop), stop.Token);
    }

    private sealed class StopAfter(int steps, CancellationTokenSource stop) : ITrainingDisplay
    {
        private int left = steps;

        public void Resume(TrainingProgress progress, int epochs)
        {
        }

        public void Step(TrainingProgress progress, int stepsPerEpoch, int batchSize)
        {
            if (--left == 0)
                stop.Cancel();
        }

        public void Epoch(MetricsLine line, int epochs)
        {
        }

        public void Ending(string work)
        {
        }

        public void Dispose()
        {
        }
    }
}
