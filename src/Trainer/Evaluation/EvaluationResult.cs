namespace LeNetServe.Trainer.Evaluation;

/// <summary>Figures of weights on a set of images.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Correct">Number of images whose most probable class is the right one.</param>
/// <param name="Loss">Mean cross-entropy, in nats.</param>
/// <param name="Answers">The most probable class of each image.</param>
internal sealed record EvaluationResult(int Images, int Correct, double Loss, int[] Answers)
{
    /// <summary>Share of the images classified correctly, 0..1.</summary>
    public double Accuracy => (double)Correct / Images;
}
