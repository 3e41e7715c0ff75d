using System.Text.Json;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Evaluation;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Training;

/// <summary>
/// What teachers answer to the training images, for knowledge distillation (Hinton, Vinyals, Dean 2015): the mean of the finished runs'
/// probabilities at the temperature, and where training mirrors images, of their mirror images too. Computed once; augmentation does not change
/// an image's target.
/// </summary>
internal sealed class SoftTargets : IDisposable
{
    private const int BatchSize = 250;
    private readonly ResidentImages images;
    private readonly Tensor probabilities;

    private SoftTargets(ResidentImages images, Tensor probabilities) => (this.images, this.probabilities) = (images, probabilities);

    /// <summary>The teachers' targets, or null where the config names no teacher.</summary>
    /// <param name="config">Teachers, temperature, flips.</param>
    /// <param name="model">The student, whose classes and input the teachers must have.</param>
    /// <param name="images">The training images.</param>
    /// <param name="threads">Threads to compute with.</param>
    /// <exception cref="ExpectedException">A teacher is no finished run, or has other classes or another input.</exception>
    public static SoftTargets? Create(TrainingConfig config, TrainedModel model, ResidentImages images, SliceThreads threads)
    {
        if (config.Teachers.Length == 0)
            return null;
        var sum = zeros([images.Count, model.Labels.Count], ScalarType.Float32, images.Device).DetachFromDisposeScope();
        foreach (var teacher in config.Teachers)
            Add(teacher, config, model, images, threads, sum);
        sum.div_(sum.sum(1, keepdim: true));
        return new(images, sum);
    }

    /// <summary>The targets of the images with these numbers, B×classes; each row sums to 1.</summary>
    public Tensor Batch(ReadOnlySpan<int> numbers)
    {
        using var index = images.Index(numbers);
        return probabilities.index_select(0, index);
    }

    public void Dispose() => probabilities.Dispose();

    private static void Add(string path, TrainingConfig config, TrainedModel student, ResidentImages images, SliceThreads threads, Tensor sum)
    {
        var run = new RunDirectory(path);
        if (!File.Exists(run.Summary))
            throw new ExpectedException(ExitCode.Usage, $"teacher {path}: no finished run there, expected a run's directory with summary.json");
        var model = JsonSerializer.Deserialize(File.ReadAllText(run.Model), LeNetJson.Default.TrainedModel)!;
        if (!model.Labels.SequenceEqual(student.Labels) || model.Spec.Input != student.Spec.Input)
            throw new ExpectedException(
                ExitCode.Usage,
                $"teacher {path}: answers {model.Spec.Input} with {string.Join(", ", model.Labels)}, expected {student.Spec.Input} with {string.Join(", ", student.Labels)}");
        using var store = new ParameterStore(model.Spec, images.Device);
        store.Load(run.Weights);
        using var networks = new ThreadNetworks(store, model.Normalization, threads);
        var all = Enumerable.Range(0, images.Count).ToArray();
        threads.Run((images.Count + BatchSize - 1) / BatchSize, batch =>
        {
            using var off = no_grad();
            using var scope = NewDisposeScope();
            var part = all.AsSpan(batch * BatchSize, Math.Min(BatchSize, all.Length - batch * BatchSize));
            var (pixels, _) = images.Batch(part);
            var rows = sum.narrow(0, part[0], part.Length);
            rows.add_(networks[batch].Forward(pixels, Pass.Evaluation).div_(Number.Of(config.Temperature)).softmax(1), Number.Of(1));
            if (config.Flip != FlipKind.None)
                rows.add_(networks[batch].Forward(pixels.flip(3), Pass.Evaluation).div_(Number.Of(config.Temperature)).softmax(1), Number.Of(1));
        });
    }
}
