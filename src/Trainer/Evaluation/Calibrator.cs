using LeNetServe.Certainty;
using LeNetServe.Runs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Parameters;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Fits the calibration of finished weights.</summary>
internal static class Calibrator
{
    /// <summary>Fits temperature and thresholds on images that the network did not train on.</summary>
    /// <param name="store">The weights.</param>
    /// <param name="model">The model, which is not calibrated yet.</param>
    /// <param name="images">The training images.</param>
    /// <param name="heldOut">Numbers of the images that were held out, at least one.</param>
    /// <param name="threads">Threads to compute with.</param>
    public static ModelCertainty Fit(
        ParameterStore store, TrainedModel model, ResidentImages images, int[] heldOut, SliceThreads threads)
    {
        var classes = model.Spec.Classes;
        var logits = new float[heldOut.Length * classes];
        var labels = new int[heldOut.Length];
        new EvaluationPass(store, model with { Certainty = null }, threads).Run(images, heldOut, batch =>
        {
            TensorMemory.Values(batch.Logits()).CopyTo(logits, batch.First * classes);
            Array.ConvertAll(batch.Labels.cpu().data<long>().ToArray(), label => (int)label).CopyTo(labels, batch.First);
        });
        var temperature = TemperatureFit.Of(logits, labels);
        var probabilities = TemperatureFit.Probabilities(logits, classes, temperature);
        var before = CertaintyFigures.Of(TemperatureFit.Probabilities(logits, classes, 1), labels);
        var after = CertaintyFigures.Of(probabilities, labels);
        return new()
        {
            Images = heldOut.Length,
            Temperature = temperature,
            ErrorBefore = before.CalibrationError,
            ErrorAfter = after.CalibrationError,
            LossBefore = before.Loss,
            LossAfter = after.Loss,
            Coverage = CoverageThreshold.Of(probabilities, labels),
            Answers = AnswerReference.Of(probabilities, classes),
        };
    }
}
