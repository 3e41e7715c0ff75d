using System.Text.Json;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Progress;
using LeNetServe.Trainer.Training;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Tests.Training;

public sealed class SoftTargetsTests
{
    private static readonly TrainingConfig Tiny = new() { Dataset = "tiny", Epochs = 4, BatchSize = 32, LearningRate = 0.003 };

    [Fact]
    public void Create_WithTwoTeachers_GivesTheirMeanProbabilities()
    {
        using var directory = new TemporaryDirectory();
        var dataset = TinyDataset.Create();
        string[] teachers = [Train(Tiny, directory.Path), Train(Tiny with { Seed = 2 }, directory.Path)];
        using var threads = new SliceThreads(2);
        using var images = new ResidentImages(dataset.Train, CPU);
        using var scope = NewDisposeScope();
        int[] some = [3, 500, 17];

        Tensor Targets(string teacher)
        {
            using var targets = SoftTargets.Create(Tiny with { Teacher = teacher }, Model(directory.Path), images, threads)!;
            return targets.Batch(some);
        }
        var (both, first, second) = (Targets(string.Join(", ", teachers)), Targets(teachers[0]), Targets(teachers[1]));

        Assert.True(both.allclose(first.add(second).div(2), atol: 1e-6));
        Assert.False(first.allclose(second, atol: 1e-6));
        Assert.True(first.sum(1).allclose(ones(3), atol: 1e-6));
    }

    [Fact]
    public void Execute_WithTheLabelsShareAtZero_LearnsFromTheTeacherAlone()
    {
        using var directory = new TemporaryDirectory();
        var teacher = Train(Tiny with { Epochs = 6 }, directory.Path);

        var student = Path.Combine(directory.Path, "student");
        var summary = Execute(new(Tiny with { Epochs = 6, Seed = 2, Teacher = teacher, TeacherShare = 1 }, TinyDataset.Create(), student));

        Assert.True(summary.TestAccuracy > 0.9, $"accuracy {summary.TestAccuracy}");
    }

    [Fact]
    public void Execute_TeacherIsNoFinishedRun_SaysWhatItExpects()
    {
        using var directory = new TemporaryDirectory();
        var run = new TrainingRun(Tiny with { Teacher = "nowhere/at-all" }, TinyDataset.Create(), directory.Path);

        var exception = Assert.Throws<ExpectedException>(() => Execute(run));

        Assert.Contains("nowhere/at-all", exception.Message, StringComparison.Ordinal);
        Assert.Contains("finished run", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_TeacherWasChangedAfterItsRun_SaysSo()
    {
        using var directory = new TemporaryDirectory();
        var teacher = Train(Tiny, directory.Path);
        File.AppendAllText(new RunDirectory(teacher).Weights, " ");
        var run = new TrainingRun(Tiny with { Seed = 2, Teacher = teacher }, TinyDataset.Create(), directory.Path);

        var message = Assert.Throws<InvalidDataException>(() => Execute(run)).Message;

        Assert.StartsWith(new RunDirectory(teacher).Weights, message, StringComparison.Ordinal);
        Assert.Contains("changed or damaged after the run", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_TeacherSeesOtherImages_SaysWhatItFound()
    {
        using var directory = new TemporaryDirectory();
        var teacher = Train(Tiny, directory.Path);
        var run = new TrainingRun(Tiny with { Teacher = teacher }, TinyDataset.Create(channels: 3), directory.Path);

        var exception = Assert.Throws<ExpectedException>(() => Execute(run));

        Assert.Contains("1@32×32", exception.Message, StringComparison.Ordinal);
        Assert.Contains("3@32×32", exception.Message, StringComparison.Ordinal);
    }

    private static TrainedModel Model(string runs)
    {
        var directory = Directory.GetDirectories(runs)[0];
        return JsonSerializer.Deserialize(
            File.ReadAllText(new RunDirectory(directory).Model), LeNetJson.Default.TrainedModel)!;
    }

    private static string Train(TrainingConfig config, string runs)
    {
        var run = new TrainingRun(config, TinyDataset.Create(), runs);
        Execute(run);
        return run.Directory.Path;
    }

    private static RunSummary Execute(TrainingRun run)
    {
        using var threads = new SliceThreads(2);
        return run.Execute(CPU, threads, new PlainDisplay(TextWriter.Null), CancellationToken.None);
    }
}
