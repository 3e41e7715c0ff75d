using LeNetServe.Naming;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Evaluation;
using LeNetServe.Trainer.Parameters;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Training;

/// <summary>
/// Teachers' answers to the training images, for knowledge distillation (Hinton, Vinyals, Dean 2015): the mean of the finished runs'
/// probabilities at the temperature, with those of the mirror images if training mirrors images. They are computed once: augmentation
/// does not change an image's target.
/// </summary>
internal sealed class SoftTargets : IDisposable
{
    private readonly ResidentImages images;
    private readonly Tensor probabilities;

    private SoftTargets(ResidentImages images, Tensor probabilities)
    {
        this.images = images;
        this.probabilities = probabilities;
    }

    /// <summary>Makes the teachers' targets; null if the config names no teacher.</summary>
    /// <param name="config">Teachers, temperature, flips.</param>
    /// <param name="model">The student, whose classes and input the teachers must have.</param>
    /// <param name="images">The training images.</param>
    /// <param name="threads">Threads to compute with.</param>
    /// <exception cref="ExpectedException">A teacher is not a finished run, or has other classes or another input.</exception>
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

    /// <summary>Gets the targets of the images with these numbers, B×classes; each row sums to 1.</summary>
    public Tensor Batch(ReadOnlySpan<int> numbers)
    {
        using var index = images.Index(numbers);
        return probabilities.index_select(0, index);
    }

    public void Dispose() => probabilities.Dispose();

    private static void Add(
        string path, TrainingConfig config, TrainedModel student, ResidentImages images, SliceThreads threads, Tensor sum)
    {
        var run = new RunDirectory(path);
        if (!File.Exists(run.Summary))
            throw ExpectedException.Usage($"teacher {path}: no finished run there, expected a run's directory with summary.json");
        RunChecksums.Verify(run);
        var model = run.ReadModel();
        if (!ClassName.AreSame(model.Labels, student.Labels) || model.Spec.Input != student.Spec.Input)
            throw ExpectedException.Usage($"teacher {path}: answers {model.Spec.Input} with {string.Join(", ", model.Labels)}, "
                + $"expected {student.Spec.Input} with {string.Join(", ", student.Labels)}");
        using var store = new ParameterStore(model.Spec, images.Device);
        store.Load(run.Weights);
        // A teacher's own temperature has nothing to do with the temperature of the comparison.
        new EvaluationPass(store, model with { Certainty = null }, threads).Run(images, images.All(), batch =>
        {
            var rows = sum.narrow(0, batch.First, batch.Labels.shape[0]);
            Soften(batch.Logits());
            if (config.Flip != FlipKind.None)
                Soften(batch.MirrorLogits());

            void Soften(Tensor logits) => rows.add_(logits.div_(Number.Of(config.Temperature)).softmax(1), Number.Of(1));
        });
    }
}
