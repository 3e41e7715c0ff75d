using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Data;

namespace LeNetServe.Trainer.Training;

/// <summary>Looks at the parts of a data set before the work of training.</summary>
internal static class HeldOutCheck
{
    /// <summary>Refuses a share that takes every training image of a class.</summary>
    /// <exception cref="ExpectedException">A class has nothing to train with; the message names the largest share that is left.</exception>
    public static void Require(TrainingConfig config, ImageDataset dataset, TrainingData data)
    {
        var all = dataset.Train.Labels.CountBy(label => label).ToDictionary();
        var left = data.Train.Select(image => dataset.Train.Labels[image]).ToHashSet();
        var lost = all.Keys.Where(label => !left.Contains(label)).Order().ToList();
        if (lost.Count == 0)
            return;
        var (label, fewest) = lost.Select(label => (label, all[label])).MinBy(pair => pair.Item2);
        var hundredths = Enumerable.Range(0, 91).Last(share => TrainingData.Taken(fewest, share / 100.0) < fewest);
        var others = lost.Count == 1 ? "" : $", and of {Counted.Of(lost.Count - 1, "other class", "other classes")}";
        throw ExpectedException.Usage(
            $"{Option(config)} holds out every training image of class {dataset.Labels[label]}, which has {fewest:N0}{others}, "
            + $"expected {hundredths / 100.0} or less");
    }

    /// <summary>Gets a sentence for each thing that the run will not have because too few images are held out.</summary>
    public static IEnumerable<string> Notes(TrainingConfig config, ImageDataset dataset, TrainingData data)
    {
        var images = dataset.Train.Count;
        if (config.Validation > 0 && data.Validation.Length == 0)
            yield return $"no validation: {Option(config)} holds out none of {Counted.Of(images, "training image")}, "
                + "so the last epoch counts";
        if (data.Calibration.Length == 0 && (config.Validation > 0 || config.Calibration > 0))
            yield return $"no calibration and no novelty: {Option(config)} holds out {data.Share:N0} of "
                + $"{Counted.Of(images, "training image")}, expected {HeldOutImages.Fewest} or more; "
                + HeldOutImages.Advice(config.Validation > 0, images, dataset.Labels.Count);
    }

    private static string Option(TrainingConfig config) =>
        config.Validation > 0 ? $"--validation {config.Validation}" : $"--calibration {config.Calibration}";
}
